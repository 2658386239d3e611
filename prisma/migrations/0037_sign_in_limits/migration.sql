-- What limits the sign-in of whose reset it is, to be told to them once they are proven.
ALTER TABLE "reset" ADD COLUMN "sign_in" JSONB;
