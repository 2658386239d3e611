import { OpenApiGeneratorV31, OpenAPIRegistry, type ResponseConfig, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { REFUSALS, type RefusalCode } from '#domain/refusals.ts';
import { needsNoSession, type Access, type Route } from './endpoint.ts';
import { problem } from './shapes.ts';

/** OpenAPI 3.1 of the interface, from the very schemas that validate. Every refusal stands at its status. */
export function openApiOf(routes: readonly Route[], origin: string): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: '__Host-countersign-session' });
  registry.registerComponent('securitySchemes', 'reset', { type: 'apiKey', in: 'cookie', name: '__Host-countersign-reset' });
  registry.registerComponent('securitySchemes', 'device', { type: 'mutualTLS' });
  for (const route of routes.filter(({ path }) => path.startsWith('/api/'))) registry.registerPath(pathOf(route));
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Countersign',
      version: '1',
      description: 'Errors are application/problem+json; `code` is stable. State-changing requests need the header X-Countersign: 1.',
    },
    servers: [{ url: origin }],
  });
  // The whole vocabulary: codes also stand in `next`, whatever the status of the answer that carries it.
  return { ...document, 'x-refusals': REFUSALS };
}

function pathOf({ method, path, endpoint }: Route): RouteConfig {
  const { summary, params, query, body, access } = endpoint;
  const changes = method !== 'GET';
  return {
    method: method.toLowerCase() as 'get' | 'post' | 'put' | 'delete', // the four of Method
    path,
    summary,
    operationId: `${method.toLowerCase()}${path
      .replace('/api/v1', '')
      .replace(/[{}]/g, '')
      .replace(/[/.-](\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    security: securityOf(access),
    request: {
      ...(params ? { params: params as z.ZodObject } : {}), // declared as objects everywhere
      ...(query ? { query: query as z.ZodObject } : {}),
      ...(body ? { body: { required: true, content: { 'application/json': { schema: body } } } } : {}),
      ...(changes && !isDevices(access)
        ? { headers: z.object({ 'X-Countersign': z.literal('1'), 'Idempotency-Key': z.string().max(128).optional() }) }
        : {}),
    },
    responses: { ...repliesOf(endpoint), ...problemsOf(codesOf({ method, path, endpoint })) },
  };
}

/** Whether it is served at the listener for devices, where the connection itself says who asks. */
function isDevices(access: Access): boolean {
  return typeof access === 'string' && access.startsWith('device');
}

function securityOf(access: Access): Record<string, string[]>[] {
  if (isDevices(access)) return [{ device: [] }];
  if (access === 'claimant') return [{ reset: [] }];
  return needsNoSession(access) ? [] : [{ session: [] }];
}

function repliesOf({ replies }: Route['endpoint']): Record<string, ResponseConfig> {
  return Object.fromEntries(
    Object.entries(replies).map(([status, { description, schema, mediaType }]) => [
      status,
      {
        description,
        ...(schema || mediaType
          ? {
              content: {
                [mediaType ?? 'application/json']: {
                  schema: schema ?? (mediaType === 'application/json' ? z.looseObject({}) : z.string()),
                },
              },
            }
          : {}),
      },
    ]),
  );
}

/** What every endpoint of this kind can refuse, besides what it says of itself. */
export function codesOf({ method, endpoint }: Route): RefusalCode[] {
  const { access, params, query, refusals } = endpoint;
  const session: RefusalCode[] = needsNoSession(access) || isDevices(access) ? [] : ['sign-in-needed'];
  const role: RefusalCode[] = Array.isArray(access) ? ['role-needed'] : [];
  const changing: RefusalCode[] =
    method === 'GET'
      ? []
      : [
          'bad-request',
          'too-large',
          'wrong-media-type',
          ...(isDevices(access) ? [] : (['missing-header', 'wrong-origin', 'key-reused'] as const)),
        ];
  const form: RefusalCode[] = query ? ['bad-request'] : [];
  const named: RefusalCode[] = params ? ['not-found'] : [];
  return [
    ...new Set([...session, ...role, ...changing, ...form, ...named, ...refusals, 'service-unavailable' as const, 'incident' as const]),
  ];
}

function problemsOf(codes: readonly RefusalCode[]): Record<string, ResponseConfig> {
  const byStatus = Map.groupBy(codes, (code) => REFUSALS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, [first, ...more]]) => [
      String(status),
      {
        description: [first, ...more].map((code) => code && `${code}: ${REFUSALS[code].words}`).join('\n\n'),
        content: {
          'application/problem+json': {
            schema: problem.extend({ status: z.literal(status), code: z.enum([first, ...more].filter((code) => code !== undefined)) }),
          },
        },
      },
    ]),
  );
}
