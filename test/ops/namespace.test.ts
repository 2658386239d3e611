import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { barrierAbove } from '#ops/stack/namespace.ts';

test('the outermost folder that others cannot enter is found, and none where they can', () => {
  const open = mkdtempSync(join(tmpdir(), 'countersign-barrier-'));
  chmodSync(open, 0o755);
  const closed = join(open, 'closed');
  const inner = join(closed, 'also-closed', 'checkout');
  mkdirSync(inner, { recursive: true });
  assert.equal(barrierAbove(inner), undefined);
  chmodSync(join(closed, 'also-closed'), 0o700);
  chmodSync(closed, 0o700);
  assert.equal(barrierAbove(inner), closed);
  assert.equal(barrierAbove(open), undefined);
  rmSync(open, { recursive: true });
});
