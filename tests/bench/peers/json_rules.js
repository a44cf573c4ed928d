/** Rules in json-rules-engine: one engine for all of them, as its documentation shows it. */
import { Engine } from 'json-rules-engine';

const OPERATORS = {
  is: 'equal',
  '=': 'equal',
  '>': 'greaterThan',
  '>=': 'greaterThanInclusive',
  '<': 'lessThan',
  '<=': 'lessThanInclusive',
  in: 'in',
  'not in': 'notIn',
  'starts with': 'startsWith',
  matches: 'matches',
};

/**
 * @param {import('./rules.js').Rule[]} rules
 * @returns {(facts: object) => Promise<string[]>} the ids of the rules that are true
 */
export function jsonRules(rules) {
  const engine = new Engine([], { allowUndefinedFacts: true });
  engine.addOperator('startsWith', (fact, value) => String(fact).startsWith(value));
  engine.addOperator('matches', (fact, value) => String(fact).startsWith(value.replace('*', '')));
  for (const { id, when } of rules) {
    engine.addRule({ conditions: written(when), event: { type: id } });
  }
  return async (facts) => (await engine.run(facts)).events.map(({ type }) => type);
}

function written(condition) {
  if (condition.all) return { all: condition.all.map(written) };
  if (condition.any) return { any: condition.any.map(written) };
  const { fact, op, value } = condition;
  return { fact, operator: OPERATORS[op], value };
}
