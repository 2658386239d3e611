package main

import (
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"
)

func verifyInclusion(q Question) error {
	return proof.VerifyInclusion(rfc6962.DefaultHasher, q.Index, q.Size, q.LeafHash, q.Path, q.Root)
}

func verifyConsistency(q Question) error {
	return proof.VerifyConsistency(rfc6962.DefaultHasher, q.OldSize, q.Size, q.Path, q.OldRoot, q.Root)
}

// The root of these leaves, the path of one of them, and the consistency proof from an older size.
func makeProofs(q Question) (Answer, error) {
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for at, index := range indexes {
			hashes[at] = stored[index]
		}
		return hashes, nil
	})
	for at, leaf := range q.Leaves {
		hashes, err := tlog.StoredHashes(int64(at), leaf, read)
		if err != nil {
			return Answer{}, err
		}
		stored = append(stored, hashes...)
	}
	size := int64(len(q.Leaves))
	root, err := tlog.TreeHash(size, read)
	if err != nil {
		return Answer{}, err
	}
	inclusion, err := tlog.ProveRecord(size, int64(q.Index), read)
	if err != nil {
		return Answer{}, err
	}
	consistency, err := tlog.ProveTree(size, int64(q.OldSize), read)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Root: root[:], Inclusion: slices(inclusion), Consistency: slices(consistency)}, nil
}

func slices(hashes []tlog.Hash) (found [][]byte) {
	for _, hash := range hashes {
		found = append(found, hash[:])
	}
	return found
}
