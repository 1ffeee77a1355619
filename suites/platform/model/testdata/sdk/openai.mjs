// Everything of the openai package that agents use.
import OpenAI from 'openai'
import { all, caught, earlier, event, faults, marker, models, print, weather } from './driver.mjs'

const model = 'gpt-test'
const client = (script, prefix = '/v1', more = {}) =>
  new OpenAI({ baseURL: models[script] + prefix, apiKey: 'unused', maxRetries: 0, ...more })
const well = client('well')
const history = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: earlier },
  { role: 'assistant', content: 'Yes.' },
  { role: 'user', content: [{ type: 'text', text: `Say ${marker}` }] },
]
const items = [
  { role: 'user', content: earlier },
  { role: 'assistant', content: 'Yes.' },
  { role: 'user', content: [{ type: 'input_text', text: `Say ${marker}` }] },
]

async function chat() {
  const stream = well.chat.completions.stream({ model, messages: history, stream_options: { include_usage: true } })
  const chunks = await all(stream)
  const bare = await all(await client('well', '').chat.completions.create({ model, messages: history, stream: true }))
  const said = await well.chat.completions.create({
    model, messages: history, response_format: { type: 'json_schema', json_schema: { name: 'event', strict: true, schema: event } },
  })
  return {
    whole: await well.chat.completions.create({ model, messages: history }),
    pieces: chunks.flatMap((c) => c.choices.map((choice) => choice.delta.content)).filter(Boolean),
    streamed: await stream.finalContent(),
    usage: await stream.totalUsage(),
    bareUsage: bare.filter((c) => 'usage' in c).length,
    structured: JSON.parse(said.choices[0].message.content),
    json: JSON.parse((await well.chat.completions.create({ model, messages: history, response_format: { type: 'json_object' } })).choices[0].message.content),
  }
}

async function tools(stream) {
  const cities = []
  const runner = client('tool').chat.completions.runTools({
    model, stream, messages: [{ role: 'user', content: `Weather in ${marker}` }],
    tools: [{ type: 'function', function: { name: 'weather', description: 'The weather.', parameters: weather, parse: JSON.parse, function: ({ city }) => (cities.push(city), 'Rain') } }],
  })
  return { final: await runner.finalContent(), cities, roles: runner.messages.map((m) => m.role) }
}

const tool = { type: 'function', name: 'weather', description: 'The weather.', parameters: weather, strict: true }

async function responses() {
  const stream = well.responses.stream({ model, instructions: 'Be brief.', input: items })
  const events = await all(stream)
  const whole = await well.responses.create({ model, input: `Say ${marker}` })
  const said = await well.responses.create({ model, input: items, text: { format: { type: 'json_schema', name: 'event', schema: event } } })
  return {
    text: whole.output_text, status: whole.status, usage: whole.usage,
    events: events.map((e) => e.type), numbers: events.map((e) => e.sequence_number),
    deltas: events.filter((e) => e.type === 'response.output_text.delta').length,
    streamed: (await stream.finalResponse()).output_text,
    structured: JSON.parse(said.output_text),
  }
}

async function responseTools(streamed) {
  const input = [{ role: 'user', content: `Weather in ${marker}` }]
  const ask = async () => {
    const request = { model, input, tools: [tool] }
    if (!streamed) return client('tool').responses.create(request)
    const stream = client('tool').responses.stream(request)
    const events = await all(stream)
    return { ...(await stream.finalResponse()), events: events.map((e) => e.type) }
  }
  const first = await ask()
  const call = first.output.find((o) => o.type === 'function_call')
  input.push(...first.output.map(({ parsed_arguments, ...o }) => o), { type: 'function_call_output', call_id: call.call_id, output: 'Rain' })
  const second = await ask()
  return { name: call.name, city: JSON.parse(call.arguments).city, final: second.output_text, events: first.events }
}

async function kept() {
  const first = await well.responses.create({ model, instructions: 'Be brief.', input: earlier })
  const second = await well.responses.create({ model, input: `Say ${marker}`, previous_response_id: first.id })
  const forgotten = await well.responses.create({ model, input: earlier, store: false })
  return { text: second.output_text, previous: second.previous_response_id === first.id, lost: await caught(() => well.responses.create({ model, input: 'x', previous_response_id: forgotten.id })) }
}

async function others() {
  const input = ['one', 'two', 'one']
  const packed = await well.embeddings.create({ model: 'text-embedding-3-small', input })
  const plain = await well.embeddings.create({ model: 'text-embedding-3-small', input: 'one', encoding_format: 'float', dimensions: 8 })
  const [a, b, c] = packed.data.map((d) => Array.from(d.embedding))
  return {
    size: a.length, same: JSON.stringify(a) === JSON.stringify(c), different: JSON.stringify(a) !== JSON.stringify(b),
    length: Math.hypot(...a), asked: plain.data[0].embedding.length,
    models: (await all(await well.models.list())).length, model: (await well.models.retrieve(model)).id,
    deployment: (await client('well', '/openai/deployments/mine').chat.completions.create({ messages: history })).model,
    forced: (await well.chat.completions.create({ model, messages: history, tools: [{ type: 'function', function: { name: 'weather', parameters: weather } }], tool_choice: 'required' })).choices[0].finish_reason,
    again: (await client('once', '/v1', { maxRetries: 3 }).responses.create({ model, input: items })).output_text,
    lost: await caught(() => well.files.list()),
    malformed: await caught(() => well.chat.completions.create({ model })),
  }
}

async function failures() {
  const out = {}
  for (const script of faults) {
    const c = client(script, '/v1', script === 'silent' ? { timeout: 300 } : {})
    out[script] = {
      chat: await caught(() => c.chat.completions.create({ model, messages: history })),
      chatStream: await caught(async () => all(await c.chat.completions.create({ model, messages: history, stream: true }))),
      responses: await caught(() => c.responses.create({ model, input: items })),
      responsesStream: await caught(async () => all(await c.responses.create({ model, input: items, stream: true }))),
      models: (await c.models.list()).data.length,
    }
  }
  return out
}

print({
  chat: await chat(), tools: await tools(false), toolsStreamed: await tools(true),
  responses: await responses(), responseTools: await responseTools(false), responseToolsStreamed: await responseTools(true),
  kept: await kept(), others: await others(), faults: await failures(),
})
