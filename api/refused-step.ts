import type { Next } from '#domain/next.ts';
import { Refusal, type PasswordReason, type RefusalCode } from '#domain/refusals.ts';

/** A refusal within a reset: it also says what the claimant can do now. */
export class RefusedStep extends Refusal {
  readonly next: Next;

  constructor(code: RefusalCode, next: Next, reasons: readonly PasswordReason[] = []) {
    super(code, { reasons });
    this.next = next;
  }
}
