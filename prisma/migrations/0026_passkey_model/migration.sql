-- How a key proved its model when it was enrolled (domain/passkey-demands.ts), as RFC 8785 text under the row's signature. Null where it did not have to.
ALTER TABLE "passkey" ADD COLUMN "model" TEXT;
