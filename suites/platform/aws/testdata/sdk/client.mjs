// What the drivers share: credentials that nobody checks, and errors in the words of the SDK.
export const url = process.env.AWS;

// The endpoint comes from AWS_ENDPOINT_URL, as in an agent.
export const config = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
};

// attempt returns what a call gave, or its error as the SDK understood it.
export async function attempt(call) {
  try {
    const { $metadata, ...out } = await call();
    return { ok: out, attempts: $metadata?.attempts, status: $metadata?.httpStatusCode };
  } catch (e) {
    return {
      error: e.name, message: e.message, kind: e.constructor.name,
      attempts: e.$metadata?.attempts, status: e.$metadata?.httpStatusCode,
    };
  }
}

export const print = (out) => process.stdout.write(JSON.stringify(out));
