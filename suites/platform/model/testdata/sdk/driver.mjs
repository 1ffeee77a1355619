// What the drivers of all SDKs share.

/** The base URLs of the scripted models, by the names of their scripts. */
export const models = JSON.parse(process.env.MODELS)

/** Runs a call that is expected to fail and tells as what the SDK raised it. */
export async function caught(call) {
  try {
    return { value: await call() }
  } catch (e) {
    const causes = []
    for (let c = e.cause; c && causes.length < 5; c = c.cause) causes.push(c.code ?? c.message ?? String(c))
    return { class: e.constructor.name, name: e.name, status: e.status, code: e.code, type: e.type, message: e.message, causes, raised: e }
  }
}

/** Gathers an async iterable. */
export async function all(events) {
  const out = []
  for await (const e of events) out.push(e)
  return out
}

/** Hands the result to the test and ends: a stream that an SDK has left unread would keep the process for minutes. */
export function print(result) {
  process.stdout.write(JSON.stringify(result, (key, value) => (key === 'raised' ? undefined : value)), () => process.exit(0))
}

/** Markers for a prompt and for what was said before it. */
export const marker = 'zq0123456789abcdef'
export const earlier = 'zqfedcba9876543210'

/** A tool's schema, and one for an answer. */
export const weather = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false }
export const event = {
  type: 'object',
  properties: { day: { type: 'integer' }, title: { type: 'string' }, guests: { type: 'array', items: { type: 'string' } } },
  required: ['day', 'title', 'guests'],
  additionalProperties: false,
}

/** The names of the faults that are served. */
export const faults = Object.keys(models).filter((name) => !['well', 'tool', 'once'].includes(name))
