// The little of jstat that is used here; the package carries no types of its own.
declare module 'jstat' {
  const jStat: {
    readonly normal: {
      inv(p: number, mean: number, standardDeviation: number): number;
      cdf(x: number, mean: number, standardDeviation: number): number;
    };
    readonly studentt: { inv(p: number, degreesOfFreedom: number): number };
    readonly beta: { inv(p: number, alpha: number, beta: number): number };
  };
  export default jStat;
}
