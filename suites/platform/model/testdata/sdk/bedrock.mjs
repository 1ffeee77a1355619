// Drives @aws-sdk/client-bedrock-runtime with its default handler, which speaks HTTP/2 with prior knowledge to a plain
// endpoint, and with the HTTP/1.1 one.
import {
  BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, CountTokensCommand, InvokeModelCommand,
  InvokeModelWithResponseStreamCommand, ApplyGuardrailCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { all, caught, models, print } from './driver.mjs'

const client = (script, more = {}) => new BedrockRuntimeClient({
  endpoint: models[script], region: 'us-east-1', maxAttempts: 1,
  credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'none' }, ...more,
})
const http1 = { requestHandler: new NodeHttpHandler() }
const haiku = 'us.anthropic.claude-haiku-4-5-20251001-v1:0'
const profile = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/' + haiku
const said = [{ role: 'user', content: [{ text: 'hello zqaaaaaaaaaaaaaaa1' }] }]
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const toolConfig = { tools: [{ toolSpec: { name: 'weather', description: 'the weather', inputSchema: { json: schema } } }] }

async function converse(c, input) {
  const { output, stopReason, usage, metrics, $metadata } = await c.send(new ConverseCommand({ modelId: haiku, ...input }))
  return { output, stopReason, usage, metrics, status: $metadata.httpStatusCode }
}

async function converseStream(c, input) {
  return all((await c.send(new ConverseStreamCommand({ modelId: profile, ...input }))).stream)
}

async function invoke(c, modelId, body) {
  const out = await c.send(new InvokeModelCommand({ modelId, contentType: 'application/json', body: JSON.stringify(body) }))
  return JSON.parse(new TextDecoder().decode(out.body))
}

async function invokeStream(c, modelId, body) {
  const out = await c.send(new InvokeModelWithResponseStreamCommand({ modelId, body: JSON.stringify(body) }))
  return (await all(out.body)).map((e) => JSON.parse(new TextDecoder().decode(e.chunk.bytes)))
}

async function toolRound(c) {
  const first = await converse(c, { messages: said, toolConfig })
  const call = first.output.message.content[0].toolUse
  const result = { role: 'user', content: [{ toolResult: { toolUseId: call.toolUseId, content: [{ text: 'rain' }] } }] }
  const messages = [...said, first.output.message, result]
  return { first, second: await converse(c, { messages, toolConfig }), streamed: await converseStream(c, { messages: said, toolConfig }) }
}

async function families(c) {
  const bodies = {
    'amazon.nova-lite-v1:0': { schemaVersion: 'messages-v1', messages: [{ role: 'user', content: [{ text: 'hello' }] }] },
    'amazon.titan-text-express-v1': { inputText: 'hello' },
    'meta.llama3-8b-instruct-v1:0': { prompt: '<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nhello<|eot_id|>' },
    'mistral.mistral-7b-instruct-v0:2': { prompt: '<s>[INST] hello [/INST]' },
    'cohere.command-r-v1:0': { message: 'hello' },
    'deepseek.r1-v1:0': { prompt: 'hello' },
    [haiku]: { anthropic_version: 'bedrock-2023-05-31', max_tokens: 9, messages: [{ role: 'user', content: 'hello' }] },
    'openai.gpt-oss-20b-1:0': { messages: [{ role: 'user', content: 'hello' }] },
    'mistral.mistral-large-2407-v1:0': { messages: [{ role: 'user', content: 'hello' }] },
  }
  const out = {}
  for (const [id, body] of Object.entries(bodies)) out[id] = { whole: await invoke(c, id, body), chunks: await invokeStream(c, id, body) }
  return out
}

async function embeddings(c) {
  return {
    titan: await invoke(c, 'amazon.titan-embed-text-v2:0', { inputText: 'hello', dimensions: 8 }),
    cohere: await invoke(c, 'cohere.embed-english-v3', { texts: ['a', 'b'], input_type: 'search_document' }),
    cohereTyped: await invoke(c, 'cohere.embed-v4:0', { texts: ['a'], input_type: 'search_query', embedding_types: ['float'], output_dimension: 8 }),
    nova: await invoke(c, 'amazon.nova-2-multimodal-embeddings-v1:0', {
      taskType: 'SINGLE_EMBEDDING', singleEmbeddingParams: { embeddingDimension: 8, text: { truncationMode: 'END', value: 'hello' } },
    }),
  }
}

async function faults(more) {
  const out = {}
  for (const script of ['throttled', 'server-error', 'context-length', 'denied', 'interrupted', 'cut']) {
    out[script] = {
      whole: await caught(() => converse(client(script, more), { messages: said })),
      stream: await caught(() => converseStream(client(script, more), { messages: said })),
      chunks: await caught(() => invokeStream(client(script, more), 'meta.llama3-8b-instruct-v1:0', { prompt: 'hello' })),
    }
  }
  const abortSignal = AbortSignal.timeout(200)
  out.silent = await caught(() => client('silent', more).send(new ConverseStreamCommand({ modelId: haiku, messages: said }), { abortSignal }))
  return out
}

const structured = { textFormat: { type: 'json_schema', structure: { jsonSchema: { name: 'place', schema: JSON.stringify(schema) } } } }
const well = client('well')
const bearer = client('well', { credentials: undefined, token: { token: 'none' }, authSchemePreference: ['httpBearerAuth'] })
print({
  whole: await converse(well, { messages: said, system: [{ text: 'be brief' }, { cachePoint: { type: 'default' } }] }),
  stream: await converseStream(well, { messages: said }),
  whole1: await converse(client('well', http1), { messages: said }),
  stream1: await converseStream(client('well', http1), { messages: said }),
  bearer: await converse(bearer, { messages: said }),
  tool: await toolRound(client('tool')),
  forced: await converse(well, { messages: said, toolConfig: { ...toolConfig, toolChoice: { tool: { name: 'weather' } } } }),
  structured: await converse(well, { messages: said, outputConfig: structured }),
  counted: (await well.send(new CountTokensCommand({ modelId: haiku, input: { converse: { messages: said } } }))).inputTokens,
  retried: await converse(client('once', { maxAttempts: 3 }), { messages: said }),
  guardrail: await caught(() => well.send(new ApplyGuardrailCommand({
    guardrailIdentifier: 'g', guardrailVersion: '1', source: 'INPUT', content: [{ text: { text: 'hello' } }],
  }))),
  empty: await caught(() => converse(well, { messages: [] })),
  families: await families(well),
  embeddings: await embeddings(well),
  faults2: await faults({}),
  faults1: await faults(http1),
})
