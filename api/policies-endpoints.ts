import { policyJsonSchema } from '#prisma/policy-schema.ts';
import { endpoint } from './endpoint.ts';

/** The rules of resets, for whoever writes them. */
export function policiesEndpoints() {
  return {
    schema: endpoint(
      {
        summary: 'JSON Schema of a policy document, for editors',
        access: ['administrator'],
        replies: { 200: { description: 'JSON Schema, draft 2020-12', mediaType: 'application/json' } },
        refusals: [],
      },
      async () => ({ status: 200, body: policyJsonSchema(), headers: { 'Content-Type': 'application/json' } }),
    ),
  };
}
