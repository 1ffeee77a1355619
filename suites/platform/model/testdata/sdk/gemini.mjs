// Drives @google/genai against the paths of the Gemini API and those of Vertex AI.
import { GoogleGenAI, Type } from '@google/genai'
import { all, caught, models, print } from './driver.mjs'

const model = 'gemini-2.5-flash'
const said = 'hello zqaaaaaaaaaaaaaaa1'
const client = (script, more = {}) => new GoogleGenAI({
  apiKey: 'none', httpOptions: { baseUrl: models[script], retryOptions: { attempts: 1 } }, ...more,
})
const weather = {
  name: 'weather', description: 'the weather',
  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] },
}
const tools = [{ functionDeclarations: [weather] }]

const brief = (r) => ({ text: r.text, calls: r.functionCalls, finish: r.candidates?.[0]?.finishReason, usage: r.usageMetadata, model: r.modelVersion })
const whole = async (c, input = {}) => brief(await c.models.generateContent({ model, contents: said, ...input }))
const stream = async (c, input = {}) => (await all(await c.models.generateContentStream({ model, contents: said, ...input }))).map(brief)

async function toolRound(c) {
  const asked = { role: 'user', parts: [{ text: said }] }
  const first = await c.models.generateContent({ model, contents: [asked], config: { tools } })
  const call = first.functionCalls[0]
  const result = { role: 'user', parts: [{ functionResponse: { id: call.id, name: call.name, response: { output: 'rain' } } }] }
  const contents = [asked, first.candidates[0].content, result]
  return { first: brief(first), second: await whole(c, { contents, config: { tools } }), streamed: await stream(c, { config: { tools } }) }
}

async function chat(c) {
  const session = c.chats.create({ model })
  await session.sendMessage({ message: said })
  const text = (await all(await session.sendMessageStream({ message: 'and now?' }))).map((r) => r.text).join('')
  return { text, turns: session.getHistory(true).length }
}

async function faults() {
  const out = {}
  for (const script of ['throttled', 'server-error', 'context-length', 'denied', 'interrupted', 'cut']) {
    out[script] = { whole: await caught(() => whole(client(script))), stream: await caught(() => stream(client(script))) }
  }
  out.silent = await caught(() => whole(client('silent'), { config: { abortSignal: AbortSignal.timeout(200) } }))
  return out
}

async function listed() {
  const list = await well.models.list()
  return { first: list.page[0].name, one: (await well.models.get({ model })).name }
}

const well = client('well')
// A client of Vertex AI with a key needs no credentials of Google Cloud; the path differs.
const vertex = client('well', { vertexai: true })
const schema = { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] }
const jsonSchema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
print({
  whole: await whole(well, { config: { systemInstruction: 'be brief' } }),
  stream: await stream(well),
  alpha: await whole(client('well', { apiVersion: 'v1alpha' })),
  stable: await whole(client('well', { apiVersion: 'v1' })),
  vertex: await whole(vertex),
  vertexStream: await stream(vertex),
  tool: await toolRound(client('tool')),
  forced: await whole(well, { config: { tools, toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['weather'] } } } }),
  structured: await whole(well, { config: { responseMimeType: 'application/json', responseSchema: schema } }),
  structuredJSON: await whole(well, { config: { responseMimeType: 'application/json', responseJsonSchema: jsonSchema } }),
  chat: await chat(well),
  counted: (await well.models.countTokens({ model, contents: said })).totalTokens,
  embedded: (await well.models.embedContent({ model: 'gemini-embedding-001', contents: ['a', 'b'], config: { outputDimensionality: 8 } })).embeddings,
  vertexEmbedded: (await vertex.models.embedContent({ model: 'text-embedding-005', contents: ['a'], config: { outputDimensionality: 8 } })).embeddings,
  models: await listed(),
  retried: await whole(client('once', { httpOptions: { baseUrl: models.once, retryOptions: { attempts: 3, initialDelay: 0.1 } } })),
  unknown: await caught(() => well.caches.get({ name: 'cachedContents/none' })),
  empty: await caught(() => whole(well, { contents: [] })),
  faults: await faults(),
})
