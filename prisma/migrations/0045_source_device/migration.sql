-- The device at whose login screen a reset was begun, where one said so and signed it. Shown to people, and decides nothing.
ALTER TABLE "reset" ADD COLUMN "source_device" UUID;
