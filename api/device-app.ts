import express, { type Express, type RequestHandler } from 'express';
import { Refusal } from '#domain/refusals.ts';
import { admitDevice, deviceDoor, sendDeviceProblem, type DeviceDoorDeps } from './device-door.ts';
import { deviceEndpoints, type DeviceEndpointsDeps } from './device-endpoints.ts';
import { routerPath } from './endpoint.ts';
import { openApiOf } from './openapi.ts';
import { apiPolicy, commonHeaders, noStore } from './security-headers.ts';
import { deviceRoutesOf } from './urls.ts';

export interface DeviceAppDeps extends DeviceDoorDeps, Omit<DeviceEndpointsDeps, 'document'> {
  origin: string;
}

/** The interface for agents as an application of its own: the device routes of urls.ts, and a closed door for the rest. */
export function createDeviceApp(deps: DeviceAppDeps): Express {
  let document: object = {};
  const routes = deviceRoutesOf(deviceEndpoints({ ...deps, document: () => document }));
  document = openApiOf(routes, deps.origin);

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.set('query parser', 'simple');
  app.set('trust proxy', false);
  app.use(commonHeaders(deps.origin), apiPolicy, noStore);
  const last: RequestHandler = async (request, response) => {
    try {
      await admitDevice('device', request, deps);
      throw new Refusal('not-found');
    } catch (error) {
      sendDeviceProblem(response, error, deps.log);
    }
  };
  // Express would answer OPTIONS from its table of routes, to anybody.
  app.use((request, response, next) => (METHODS.has(request.method) ? next() : last(request, response, next)));
  for (const route of routes) {
    const handler = deviceDoor(route, deps);
    const path = routerPath(route.path);
    if (route.method === 'GET') app.get(path, handler);
    else if (route.method === 'POST') app.post(path, handler);
    else app.put(path, handler);
  }
  app.use(last);
  return app;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT']);
