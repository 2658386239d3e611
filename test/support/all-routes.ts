import { deviceEndpoints } from '#api/device-endpoints.ts';
import { createNouns } from '#api/nouns.ts';
import { deviceRoutesOf, routesOf } from '#api/urls.ts';

/** Every address of the interface as the tables write it, those of the listener for devices too. Nothing behind them works. */
export function allRoutes(): string[] {
  const routes = [...routesOf(createNouns({} as never)), ...deviceRoutesOf(deviceEndpoints({} as never))];
  return routes.map(({ method, path }) => `${method} ${path}`);
}
