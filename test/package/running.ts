import { parsePlan, runStress } from 'port20/stress';

const plan = parsePlan('{ binders: [reuse-port], blocks: 1, scenarios: [{ name: load }] }');
const result = await runStress(plan, { onProgress: ({ blocksDone }) => console.log(blocksDone) });
console.log(result.strategies.map(({ contestant, failureRate }) => `${contestant} ${failureRate}`));
