import { newCredential, type Credential } from './credential.ts';
import type { Listening } from './listening.ts';
import { peerOf, type Answered, type Peer, type Target } from './peer.ts';
import { NotTried } from './verdict.ts';

/** What only somebody at the server can do: while the suite waits, they are told of it. */
export interface OperatorAct {
  act: 'approve' | 'reset' | 'change' | 'revoke';
  device: string;
  name: string;
  sid?: string;
}

/** What the suite is given. */
export interface Given {
  target: Target;
  portal?: Target | undefined;
  /** A ticket that was not used yet, for the device `name`. */
  ticket?: string | undefined;
  name: string;
  /** A test account whose password the operator resets, and whose factors they change, when told; without it no notice is awaited. */
  sid?: string | undefined;
  /** So long it waits for an act of the operator; 0 for not at all. */
  waitMs: number;
  operator: (act: OperatorAct) => void | Promise<void>;
}

/** The device that the ticket enrolled. */
export interface Enrolled {
  credential: Credential;
  peer: Peer;
  id: string;
  state: string;
  noticeKeys: { id: string; publicKey: string }[];
  /** Of the last report that was sent. */
  sequence: number;
}

/** One run: what it was given, and what earlier checks left for later ones. */
export interface Suite extends Given {
  heard: Answered[];
  /** Of a key that is never enrolled. */
  stranger: Peer;
  enrolled: Enrolled | undefined;
  stream: Listening | undefined;
  /** The notice that came, with its text. */
  notice: { id: string; writtenAt: string } | undefined;
  /** The notice of a change of factors that came. */
  telling: string | undefined;
  peers: Peer[];
  peer(credential?: Credential): Peer;
}

export interface Requirement {
  /** As docs/device-protocol.md counts them. */
  number: string;
  /** What is expected. */
  expected: string;
  check: (suite: Suite) => Promise<string>;
}

export const BASE = '/api/v1/device';
export const TAGS = { report: 'countersign/device-report/v1', ack: 'countersign/notice-ack/v1', notice: 'countersign/notice/v1' } as const;

export function newSuite(given: Given): Suite {
  const heard: Answered[] = [];
  const peers: Peer[] = [];
  const peer = (credential?: Credential): Peer => {
    const made = peerOf(given.target, credential, heard);
    peers.push(made);
    return made;
  };
  return {
    ...given,
    heard,
    peers,
    peer,
    stranger: peer(newCredential('stranger')),
    enrolled: undefined,
    stream: undefined,
    notice: undefined,
    telling: undefined,
  };
}

/** The enrolled device. Throws NotTried without one. */
export function enrolledOf({ enrolled, ticket }: Suite): Enrolled {
  if (!enrolled) throw new NotTried(ticket === undefined ? 'no ticket was given' : 'no device was enrolled');
  return enrolled;
}

/** The enrolled device, once somebody let it in. Throws NotTried for one that waits. */
export function activeOf(suite: Suite): Enrolled {
  const enrolled = enrolledOf(suite);
  if (enrolled.state !== 'active') throw new NotTried('the device waits for approval');
  return enrolled;
}

/** `401 device-unknown`, as words for what was seen. */
export const saidBy = ({ status, body }: Pick<Answered, 'status' | 'body'>): string => {
  const code = body['code'];
  return typeof code === 'string' ? `${status} ${code}` : String(status);
};
