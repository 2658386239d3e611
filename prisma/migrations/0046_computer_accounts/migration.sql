-- Devices that were enrolled by their computer's account in the directory: objectGUID, once for each account, whatever became of the device.
ALTER TABLE "device" ADD COLUMN "computer_guid" UUID;
CREATE UNIQUE INDEX "device_computer_guid_key" ON "device" ("computer_guid");
