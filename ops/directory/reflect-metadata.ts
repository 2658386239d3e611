/**
 * tsyringe, inside @peculiar/x509, refuses to load without `Reflect.getMetadata`. These are the three functions it
 * calls, by the semantics of the metadata proposal (https://rbuckton.github.io/reflect-metadata/). Import this before
 * @peculiar/x509; a full implementation that is already there is left alone.
 */
const stores = new WeakMap<object, Map<unknown, unknown>>();

function own(key: unknown, target: object): unknown {
  return stores.get(target)?.get(key);
}

function inherited(key: unknown, target: object): unknown {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    if (stores.get(at)?.has(key)) return own(key, at);
  }
  return undefined;
}

function define(key: unknown, value: unknown, target: object): void {
  const store = stores.get(target) ?? new Map<unknown, unknown>();
  stores.set(target, store.set(key, value));
}

if (!('getMetadata' in Reflect)) Object.assign(Reflect, { getMetadata: inherited, getOwnMetadata: own, defineMetadata: define });

export {};
