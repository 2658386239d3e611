package main

import (
	"encoding/base64"
	"strings"

	"filippo.io/torchwood"
	"github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func verifiers(keys []string) ([]note.Verifier, error) {
	var found []note.Verifier
	for _, key := range keys {
		verifier, err := fnote.NewVerifier(key)
		if err != nil {
			return nil, err
		}
		found = append(found, verifier)
	}
	return found, nil
}

func names(signatures []note.Signature) (found []string) {
	for _, signature := range signatures {
		found = append(found, signature.Name)
	}
	return found
}

func openNote(q Question) (Answer, error) {
	known, err := verifiers(q.Keys)
	if err != nil {
		return Answer{}, err
	}
	opened, err := note.Open([]byte(q.Note), note.VerifierList(known...))
	if err != nil {
		return Answer{}, err
	}
	return Answer{Text: opened.Text, Verified: names(opened.Sigs), Unverified: names(opened.UnverifiedSigs)}, nil
}

// The first key is the log's.
func openCheckpoint(q Question) (Answer, error) {
	known, err := verifiers(q.Keys)
	if err != nil {
		return Answer{}, err
	}
	checkpoint, _, opened, err := log.ParseCheckpoint([]byte(q.Note), q.Origin, known[0], known[1:]...)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Origin: checkpoint.Origin, Size: checkpoint.Size, Root: checkpoint.Hash, Verified: names(opened.Sigs)}, nil
}

// Signs with each key as its type says: 1 over the text, 4 as a cosignature of now.
func sign(q Question) (Answer, error) {
	var signers []note.Signer
	for _, key := range q.SignerKeys {
		signer, err := newSigner(key)
		if err != nil {
			return Answer{}, err
		}
		signers = append(signers, signer)
	}
	signed, err := note.Sign(&note.Note{Text: q.Text}, signers...)
	return Answer{Note: string(signed)}, err
}

func newSigner(key string) (note.Signer, error) {
	parts := strings.SplitN(key, "+", 5)
	if bytes, err := base64.StdEncoding.DecodeString(parts[len(parts)-1]); err == nil && len(bytes) > 0 && bytes[0] == 4 {
		return fnote.NewSignerForCosignatureV1(key)
	}
	return note.NewSigner(key)
}

func judgeCheckpoint(q Question) error {
	policy, err := torchwood.ParsePolicy([]byte(q.Policy))
	if err != nil {
		return err
	}
	_, _, err = torchwood.VerifyCheckpoint([]byte(q.Note), policy)
	return err
}

func judgeProof(q Question) error {
	policy, err := torchwood.ParsePolicy([]byte(q.Policy))
	if err != nil {
		return err
	}
	return torchwood.VerifyProof(policy, tlog.RecordHash(q.Leaf), []byte(q.Proof))
}
