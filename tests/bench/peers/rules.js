/** Reads the rules that `tests.bench.peers.rules` wrote. */
import { readFileSync } from 'node:fs';
import { jsonRules } from './json_rules.js';
import { plainIfs } from './plain_ifs.js';

/** @typedef {{fact: string, op: string, value: any} | {all: Condition[]} | {any: Condition[]}} Condition */
/** @typedef {{id: string, when: Condition}} Rule */

/** What judges, by the name that a command line has for it. */
export const JUDGES = { 'json-rules-engine': jsonRules, 'plain ifs': plainIfs };

/** @param {string} file @returns {Rule[]} */
export const rulesIn = (file) => JSON.parse(readFileSync(file, 'utf8'));
