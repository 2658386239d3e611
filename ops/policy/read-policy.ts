import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Policy } from '#domain/policy.ts';
import { PolicyError } from '#prisma/policy-findings.ts';
import { parseDraft, parseNewPolicy, policySha256 } from '#prisma/policy-text.ts';
import { Sentence } from '../sentence.ts';

export interface PolicyFile {
  path: string;
  sha256: string;
  policy: Policy;
}

/** A policy file, with its own tests run or not. Throws Sentence with every finding. */
export function readPolicy(file: string, tests: 'tests run' | 'tests not run'): PolicyFile {
  const path = resolve(file);
  if (!existsSync(path)) throw new Sentence(`${path} does not exist.`);
  const text = readFileSync(path, 'utf8');
  try {
    const policy = tests === 'tests run' ? parseNewPolicy(text) : parseDraft(text);
    return { path, sha256: policySha256(text), policy };
  } catch (error) {
    if (error instanceof PolicyError) throw new Sentence(`${path}: ${error.message}`);
    throw error;
  }
}
