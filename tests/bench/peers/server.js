/**
 * The same service in Node: `server.js PORT REDIS_SOCKET RULES JUDGE`.
 *
 * A WebSocket server of `ws` without compression; `ioredis` gathers the calls of a turn in one write; the counting is
 * one Redis Function; each event is judged by every rule; a rule shows once in a session, at most three in all.
 * There is no check of what comes in, no event log and no arming.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { WebSocketServer } from 'ws';
import { JUDGES, rulesIn } from './rules.js';
import { Visit } from './visit.js';

const MOST_SHOWN = 3;
const [port, socket, rulesFile, judgeName] = process.argv.slice(2);

const redis = new Redis({ path: socket, enableAutoPipelining: true });
const library = readFileSync(new URL('observe.lua', import.meta.url), 'utf8');
await redis.function('LOAD', 'REPLACE', `#!lua name=peer\n${library}`);
const judge = JUDGES[judgeName](rulesIn(rulesFile));

const http = createServer((_request, response) => response.writeHead(404).end());
const server = new WebSocketServer({ server: http, perMessageDeflate: false, maxPayload: 16 * 1024 });

server.on('connection', (connection) => {
  const visit = new Visit();
  const shown = new Set();
  const key = `{bench:${randomUUID()}}s`;
  let doc = '';

  const show = async (rule) => {
    if (shown.has(rule) || shown.size >= MOST_SHOWN) return;
    shown.add(rule);
    if (!(await redis.hsetnx(key, `shown:${rule}`, 1))) return;
    const popup = { kind: 'chat', text: `Offer of ${rule}` };
    connection.send(JSON.stringify({ type: 'show', fire: randomUUID(), rule, popup }));
  };

  const take = async (frame) => {
    const message = JSON.parse(frame);
    if (message.type === 'hello') {
      doc = message.doc;
      visit.greet(message);
      connection.send(JSON.stringify({ type: 'welcome', v: 1, visitor: key, seq: 0 }));
      return;
    }
    const changes = visit.changes(message);
    const words = [message.seq, doc, changes.length / 3, ...changes, ...visit.counters()];
    const values = await redis.fcall('peer_observe', 1, key, ...words);
    const [rule] = await judge(visit.facts(values, message));
    if (rule) await show(rule);
    connection.send(`{"type":"ack","seq":${message.seq}}`);
  };

  connection.on('message', (frame) => take(frame).catch(() => connection.close(1011)));
});

http.listen(Number(port), '127.0.0.1');
