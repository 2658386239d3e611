/**
 * Policies from before ways in had names: a rule said `proofs` and `factors`, and one of each was enough. Resets, intents
 * and bundles name such texts for years, so they are read; nobody puts one in force any more.
 */
export function fromFirstLanguage(document: unknown): unknown {
  if (!isRecord(document) || !Array.isArray(document['rules'])) return document;
  return { ...document, rules: document['rules'].map(ruleOf) };
}

function ruleOf(rule: unknown): unknown {
  if (!isRecord(rule) || 'accept' in rule || !Array.isArray(rule['proofs']) || !Array.isArray(rule['factors'])) return rule;
  const { proofs, factors, ...rest } = rule;
  const accept = (proofs as unknown[]).flatMap((proof) =>
    (factors as unknown[]).map((factor) => ({ name: `${String(proof)} and ${String(factor)}`, proofs: [proof], factors: [factor] })),
  );
  return { ...rest, accept };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
