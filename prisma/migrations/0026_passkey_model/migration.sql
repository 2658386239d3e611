-- How a key proved its model when it was enrolled (domain/passkey-demands.ts), RFC 8785 text under the row's signature; null where it did not have to.
ALTER TABLE "passkey" ADD COLUMN "model" TEXT;
