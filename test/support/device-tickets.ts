import assert from 'node:assert/strict';
import type { Client } from './http-client.ts';
import type { Cast } from './people.ts';

/** A ticket for a device of this name, made in the console by whoever is signed in there, by a code. */
export async function deviceTicket(people: Cast, console: { http: Client; account: string }, name: string): Promise<string> {
  const by = { totp: await people.code(console.account) };
  const answer = await console.http.post<{ ticket: string }>('/api/v1/device-tickets', { name, reason: 'a new laptop', by });
  assert.equal(answer.status, 201, answer.text);
  return answer.body.ticket;
}

/** Approves or revokes a device in the console, by a code. */
export async function deviceDeed(people: Cast, console: { http: Client; account: string }, id: string, deed: 'approval' | 'revocation') {
  const by = { totp: await people.code(console.account) };
  return console.http.post(`/api/v1/devices/${id}/${deed}`, { reason: 'it was asked for', by });
}
