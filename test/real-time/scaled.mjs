// A plan on another clock: every time in it divided, every rate multiplied.

/** @param plan as parsePlan gives it. @param factor of how many times quicker. @returns the same plan on that clock */
export function scaledPlan(plan, factor) {
  return {
    ...plan,
    timeUnitMs: plan.timeUnitMs / factor,
    scenarios: plan.scenarios.map((scenario) => scaledScenario(scenario, factor)),
  };
}

function scaledScenario({ durationMs, warmUpMs, bindToConnectMs, workload, ...rest }, factor) {
  return {
    ...rest,
    durationMs: durationMs / factor,
    warmUpMs: warmUpMs / factor,
    bindToConnectMs: bindToConnectMs / factor,
    workload: scaledWorkload(workload, factor),
  };
}

function scaledWorkload(workload, factor) {
  switch (workload.kind) {
    case 'bursts':
      return { ...workload, everyMs: workload.everyMs / factor };
    case 'closed':
      return {
        ...workload,
        thinkTime: scaledTimes(workload.thinkTime, factor),
        stages: scaledStages(workload, 1, factor),
      };
    default:
      return { ...workload, stages: scaledStages(workload, factor, factor) };
  }
}

/** Levels are arrivals a second where arrivals are what is planned, and sessions elsewhere. */
function scaledStages({ stages }, levelFactor, factor) {
  return stages.map(({ durationMs, from, to }) => ({
    durationMs: durationMs / factor,
    from: from * levelFactor,
    to: to * levelFactor,
  }));
}

function scaledTimes(times, factor) {
  const numbers = Object.entries(times).map(([key, value]) => [
    key,
    typeof value === 'number' ? value / factor : value,
  ]);
  return Object.fromEntries(numbers);
}
