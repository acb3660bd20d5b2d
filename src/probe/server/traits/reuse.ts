// Which socket options the server sets before it binds, from what it can join.
import { OPTION_SETS, type OptionSet } from '../../types.ts';
import { fixedSource, type HoldFacts } from '../facts.ts';
import { type Conclusion, certain, likely, noFixedPort, type TraitDefinition, unknown } from './trait.ts';

const WORDS: Readonly<Record<OptionSet, string>> = {
  none: 'none',
  addr: 'SO_REUSEADDR',
  port: 'SO_REUSEPORT',
  both: 'SO_REUSEADDR and SO_REUSEPORT',
};

export const reuseOptions: TraitDefinition = {
  id: 'reuse-options',
  title: 'Reuse options',
  conclude(facts) {
    const source = fixedSource(facts);
    if (source === undefined) return noFixedPort();
    if (facts.holds === undefined) return unknown(facts.notHeld ?? 'not tried');
    return concluded(facts.holds, source.port);
  },
};

function concluded({ tries, joins }: HoldFacts, port: number): Conclusion {
  const joined = (holder: OptionSet) => {
    const tried = tries[holder];
    return tried?.kind === 'connected' && tried.from.port === port;
  };
  const fits = OPTION_SETS.filter((options) =>
    OPTION_SETS.every((holder) => joined(holder) === (joins[holder] ?? []).includes(options)),
  );
  const could = OPTION_SETS.filter(joined).map((holder) => `'${WORDS[holder]}'`);
  const evidence = `it ${could.length === 0 ? 'joined no holder' : `joined holders with ${could.join(', ')}`}, by this kernel's rules`;
  const [only] = fits;
  if (fits.length === 1 && only !== undefined) return certain(WORDS[only], only, evidence);
  if (fits.length === 0) return unknown(`${evidence}: that fits no set of options`);
  const words = fits.map((options) => WORDS[options]).join(', or ');
  return likely(words, fits.join('|'), evidence);
}
