/** Judging by itself: `judge.js RULES FACTS JUDGE`; prints µs of CPU for one event. */
import { readFileSync } from 'node:fs';
import { JUDGES, rulesIn } from './rules.js';

const [rulesFile, factsFile, name] = process.argv.slice(2);
const judge = JUDGES[name](rulesIn(rulesFile));
const lines = readFileSync(factsFile, 'utf8').trim().split('\n').map((line) => JSON.parse(line));

let fired = 0;
for (const facts of lines.slice(0, 200)) await judge(facts); // what is compiled late is compiled now
const before = process.cpuUsage();
for (const facts of lines) fired += (await judge(facts)).length;
const used = process.cpuUsage(before);
console.log(JSON.stringify({ us: (used.user + used.system) / lines.length, fired }));
