package main

import (
	"crypto/ed25519"
	"encoding/json"
	"net"
	"os"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// serveAgent makes a key that never leaves this process, prints its fingerprint and its 32 public bytes, and signs with
// it for who connects to the socket, as ssh-agent does. litewitness takes its key from there.
func serveAgent(socket string) error {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	keyring := agent.NewKeyring()
	if err := keyring.Add(agent.AddedKey{PrivateKey: private}); err != nil {
		return err
	}
	sshKey, err := ssh.NewPublicKey(public)
	if err != nil {
		return err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"fingerprint": ssh.FingerprintSHA256(sshKey), "publicKey": []byte(public)}); err != nil {
		return err
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go agent.ServeAgent(keyring, connection)
	}
}
