import {
  BatchCreateMemoryRecordsCommand, BatchDeleteMemoryRecordsCommand, BatchUpdateMemoryRecordsCommand, BedrockAgentCoreClient,
  CreateEventCommand, DeleteEventCommand, DeleteMemoryRecordCommand, GetEventCommand, GetMemoryRecordCommand, IngestDataCommand,
  ListActorsCommand, ListEventsCommand, ListMemoryExtractionJobsCommand, ListMemoryRecordsCommand, ListSessionsCommand,
  RetrieveMemoryRecordsCommand, paginateListEvents,
} from '@aws-sdk/client-bedrock-agentcore';
import {
  BedrockAgentCoreControlClient, CreateMemoryCommand, GetMemoryCommand, ListMemoriesCommand,
} from '@aws-sdk/client-bedrock-agentcore-control';
import { attempt, config, print } from './client.mjs';

const data = new BedrockAgentCoreClient(config);
const control = new BedrockAgentCoreControlClient(config);
const memoryId = 'notes-abcdefghij';
const actorId = 'team/agent:user';
const say = (text, role = 'USER') => ({ conversational: { content: { text }, role } });
const create = (sessionId, text, at, more = {}) => attempt(() => data.send(new CreateEventCommand({
  memoryId, actorId, sessionId, eventTimestamp: new Date(at * 1000), payload: [say(text), { blob: { deep: [1, 'two'] } }], ...more,
})));
const listed = (out) => out.ok?.events.map((e) => e.payload?.[0].conversational.content.text);

const out = {};
const first = await create('one', 'first ' + process.env.MARKER, 1000);
out.created = first;
await create('one', 'third', 3000, { branch: { name: 'fork', rootEventId: first.ok.event.eventId } });
await create('one', 'second', 2000.5, { metadata: { topic: { stringValue: 'weather' } } });
await create('two', 'other', 1000);
out.anonymous = await create(undefined, 'nameless', 1000);
out.again = [await create('three', 'once', 1, { clientToken: 'a'.repeat(40) }), await create('three', 'once', 1, { clientToken: 'a'.repeat(40) })];
out.badSession = await create('x'.repeat(101), 'too long', 1);

const events = (more = {}) => attempt(() => data.send(new ListEventsCommand({ memoryId, actorId, sessionId: 'one', ...more })));
out.listed = listed(await events());
out.bare = (await events({ includePayloads: false })).ok.events.map((e) => 'payload' in e && e.payload !== undefined);
out.weather = listed(await events({ filter: { eventMetadata: [{ left: { metadataKey: 'topic' }, operator: 'EQUALS_TO', right: { metadataValue: { stringValue: 'weather' } } }] } }));
out.fork = listed(await events({ filter: { branch: { name: 'fork' } } }));
out.forkAndParents = listed(await events({ filter: { branch: { name: 'fork', includeParentBranches: true } } }));
out.tooMany = await events({ maxResults: 101 });
out.badToken = await events({ nextToken: 'nonsense' });
out.empty = listed(await events({ sessionId: 'nobody' }));
out.pages = [];
for await (const page of paginateListEvents({ client: data, pageSize: 2 }, { memoryId, actorId, sessionId: 'one' })) out.pages.push(page.events.length);

const eventId = first.ok.event.eventId;
out.got = await attempt(() => data.send(new GetEventCommand({ memoryId, actorId, sessionId: 'one', eventId })));
out.deleted = await attempt(() => data.send(new DeleteEventCommand({ memoryId, actorId, sessionId: 'one', eventId })));
out.gone = await attempt(() => data.send(new GetEventCommand({ memoryId, actorId, sessionId: 'one', eventId })));
out.sessions = await attempt(() => data.send(new ListSessionsCommand({ memoryId, actorId })));
out.actors = await attempt(() => data.send(new ListActorsCommand({ memoryId })));
out.jobs = await attempt(() => data.send(new ListMemoryExtractionJobsCommand({ memoryId })));
out.ingested = await attempt(() => data.send(new IngestDataCommand({
  memoryId, actorId, sessionId: 'one', contentTimestamp: new Date(), source: { inline: { content: [say('later')] } },
})));

const record = (text, namespace) => ({ requestIdentifier: 'r1', namespaces: [namespace], content: { text }, timestamp: new Date() });
out.records = await attempt(() => data.send(new BatchCreateMemoryRecordsCommand({
  memoryId, records: [record('likes green tea', '/facts/ann'), record('likes coffee', '/facts/bob'), record('drinks tea and reads', '/facts/ann/')],
})));
const ids = out.records.ok?.successfulRecords.map((r) => r.memoryRecordId);
const found = (o) => o.ok?.memoryRecordSummaries.map((r) => r.content.text);
const search = (more) => attempt(() => data.send(new RetrieveMemoryRecordsCommand({ memoryId, searchCriteria: { searchQuery: 'green tea' }, ...more })));
out.retrieved = found(await search({ namespace: '/facts/ann' }));
out.retrievedTop = found(await search({ namespace: '/', searchCriteria: { searchQuery: 'likes', topK: 1 } }));
out.elsewhere = found(await search({ namespace: '/facts/bob' }));
out.noNamespace = await search({});
out.folder = found(await attempt(() => data.send(new ListMemoryRecordsCommand({ memoryId, namespacePath: '/facts/ann/' }))));
out.updated = await attempt(() => data.send(new BatchUpdateMemoryRecordsCommand({
  memoryId, records: [{ memoryRecordId: ids[1], timestamp: new Date(), content: { text: 'likes cocoa' } }, { memoryRecordId: 'mem-' + '0'.repeat(36), timestamp: new Date() }],
})));
out.record = await attempt(() => data.send(new GetMemoryRecordCommand({ memoryId, memoryRecordId: ids[1] })));
out.dropped = await attempt(() => data.send(new DeleteMemoryRecordCommand({ memoryId, memoryRecordId: ids[1] })));
out.droppedMore = await attempt(() => data.send(new BatchDeleteMemoryRecordsCommand({ memoryId, records: [{ memoryRecordId: ids[0] }] })));
out.left = found(await attempt(() => data.send(new ListMemoryRecordsCommand({ memoryId, namespace: '/' }))));

out.createdMemory = await attempt(() => control.send(new CreateMemoryCommand({
  name: 'fresh', eventExpiryDuration: 30, memoryStrategies: [{ semanticMemoryStrategy: { name: 'facts', namespaces: ['/facts/{actorId}'] } }],
})));
const made = out.createdMemory.ok?.memory.id;
out.memory = await attempt(() => control.send(new GetMemoryCommand({ memoryId })));
out.madeMemory = await attempt(() => control.send(new GetMemoryCommand({ memoryId: made })));
out.memories = await attempt(() => control.send(new ListMemoriesCommand({})));
print(out);
