// Everything of the @anthropic-ai/sdk package that agents use.
import Anthropic from '@anthropic-ai/sdk'
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema'
import { jsonSchemaOutputFormat } from '@anthropic-ai/sdk/helpers/json-schema'
import { all, caught, earlier, event, faults, marker, models, print, weather } from './driver.mjs'

const model = 'claude-test'
const client = (script, more = {}) => new Anthropic({ baseURL: models[script], apiKey: 'unused', maxRetries: 0, ...more })
const well = client('well')
const request = {
  model, max_tokens: 1000, system: [{ type: 'text', text: 'Be brief.' }],
  messages: [
    { role: 'user', content: earlier },
    { role: 'assistant', content: [{ type: 'text', text: 'Yes.' }] },
    { role: 'user', content: [{ type: 'text', text: `Say ${marker}` }] },
  ],
}

async function messages() {
  const stream = well.messages.stream(request)
  const events = await all(stream)
  const said = await well.messages.parse({ ...request, output_config: { format: jsonSchemaOutputFormat(event) } })
  return {
    whole: await well.messages.create(request),
    events: events.map((e) => e.type),
    deltas: events.filter((e) => e.type === 'content_block_delta').length,
    streamed: await stream.finalMessage(),
    structured: said.parsed_output,
  }
}

async function tools(stream) {
  const cities = []
  const tool = betaTool({ name: 'weather', description: 'The weather.', inputSchema: weather, run: ({ city }) => (cities.push(city), 'Rain') })
  const runner = client('tool').beta.messages.toolRunner({
    model, max_tokens: 1000, stream, tools: [tool], messages: [{ role: 'user', content: `Weather in ${marker}` }],
  })
  const final = await runner
  return { final: final.content, stop: final.stop_reason, cities, roles: runner.params.messages.map((m) => m.role) }
}

async function kept() {
  const thread = (id) => ({ thread: id ? { type: 'continue', previous_message_id: id } : { type: 'create' } })
  const say = (content, id) => well.beta.messages.create({ model, max_tokens: 1000, messages: [{ role: 'user', content }], ...thread(id) })
  const first = await say(earlier)
  const second = await say(`Say ${marker}`, first.id)
  return { text: second.content[0].text, lost: await caught(() => say('x', 'msg_nobody')) }
}

async function others() {
  const choice = { ...request, tools: [{ name: 'weather', input_schema: weather }, { name: 'answer', input_schema: event }] }
  return {
    count: (await well.messages.countTokens({ model, messages: request.messages })).input_tokens,
    models: (await all(await well.models.list())).length, model: (await well.models.retrieve(model)).id,
    forced: (await well.messages.create({ ...choice, tool_choice: { type: 'tool', name: 'weather' } })).content[0].name,
    any: (await well.messages.create({ ...choice, tool_choice: { type: 'any' } })).content[0].name,
    none: (await well.messages.create({ ...choice, tool_choice: { type: 'none' } })).content[0].type,
    again: (await client('once', { maxRetries: 3 }).messages.create(request)).content[0].text,
    lost: await caught(() => well.messages.batches.list()),
    malformed: await caught(() => well.messages.create({ model, max_tokens: 1 })),
  }
}

async function failures() {
  const out = {}
  for (const script of faults) {
    const c = client(script, script === 'silent' ? { timeout: 300 } : {})
    out[script] = {
      messages: await caught(() => c.messages.create(request)),
      messagesStream: await caught(async () => all(await c.messages.create({ ...request, stream: true }))),
      models: (await c.models.list()).data.length,
    }
  }
  return out
}

print({ messages: await messages(), tools: await tools(false), toolsStreamed: await tools(true), kept: await kept(), others: await others(), faults: await failures() })
