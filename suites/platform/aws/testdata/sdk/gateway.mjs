import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { print, url } from './client.mjs';

const client = new Client({ name: 'driver', version: '1' });
await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url), {
  requestInit: { headers: { Authorization: 'Bearer token' } },
}));
const out = { server: client.getServerVersion() };
await client.ping();
out.tools = (await client.listTools()).tools;
out.echo = await client.callTool({ name: out.tools[0].name, arguments: { text: process.env.MARKER } });
out.wrong = await client.callTool({ name: out.tools[0].name, arguments: {} });
out.unknown = await client.callTool({ name: 'nothing' }).catch((e) => ({ code: e.code, message: e.message }));
await client.close();
print(out);
