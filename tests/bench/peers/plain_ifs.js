/** Rules as plain ifs: one function is written of all of them and compiled by the engine of the language. */

const TESTS = {
  is: (fact, value) => `${fact} === ${value}`,
  '=': (fact, value) => `${fact} === ${value}`,
  '>': (fact, value) => `${fact} > ${value}`,
  '>=': (fact, value) => `${fact} >= ${value}`,
  '<': (fact, value) => `${fact} < ${value}`,
  '<=': (fact, value) => `${fact} <= ${value}`,
  in: (fact, value) => `${value}.includes(${fact})`,
  'not in': (fact, value) => `!${value}.includes(${fact})`,
  'starts with': (fact, value) => `${fact}.startsWith(${value})`,
  matches: (fact, value) => `${fact}.startsWith(${value.replace('*', '')})`,
};

/**
 * @param {import('./rules.js').Rule[]} rules
 * @returns {(facts: object) => string[]} the ids of the rules that are true
 */
export function plainIfs(rules) {
  const lines = rules.map(({ id, when }) => `if (${written(when)}) fired.push(${JSON.stringify(id)});`);
  const judge = new Function('facts', `const fired = [];\n${lines.join('\n')}\nreturn fired;`);
  return (facts) => judge(facts);
}

function written(condition) {
  if (condition.all) return condition.all.map(written).join(' && ');
  if (condition.any) return `(${condition.any.map(written).join(' || ')})`;
  const { fact, op, value } = condition;
  return TESTS[op](`facts[${JSON.stringify(fact)}]`, JSON.stringify(value));
}
