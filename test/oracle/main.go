// The oracle answers, with libraries that others wrote, what our own code claims: one JSON question a line on standard
// input, one JSON answer a line on standard output. With the argument "agent" it is an ssh-agent instead.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// Question is one line. Bytes are base64, as encoding/json has them.
type Question struct {
	Ask        string
	Note       string
	Text       string
	Keys       []string
	SignerKeys []string
	Origin     string
	Policy     string
	Proof      string
	Leaf       []byte
	Leaves     [][]byte
	Index      uint64
	OldSize    uint64
	Size       uint64
	LeafHash   []byte
	OldRoot    []byte
	Root       []byte
	Path       [][]byte
}

// Answer is one line. Error is empty when the libraries agree with the claim.
type Answer struct {
	Error       string   `json:"error,omitempty"`
	Text        string   `json:"text,omitempty"`
	Note        string   `json:"note,omitempty"`
	Verified    []string `json:"verified,omitempty"`
	Unverified  []string `json:"unverified,omitempty"`
	Origin      string   `json:"origin,omitempty"`
	Size        uint64   `json:"size,omitempty"`
	Root        []byte   `json:"root,omitempty"`
	Inclusion   [][]byte `json:"inclusion,omitempty"`
	Consistency [][]byte `json:"consistency,omitempty"`
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "agent" {
		fail(serveAgent(os.Args[2]))
	}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var question Question
		if err := json.Unmarshal(line, &question); err != nil {
			fail(err)
		}
		answer, err := answerTo(question)
		if err != nil {
			answer = Answer{Error: err.Error()}
		}
		if err := out.Encode(answer); err != nil {
			fail(err)
		}
	}
}

func answerTo(q Question) (Answer, error) {
	switch q.Ask {
	case "open note":
		return openNote(q)
	case "open checkpoint":
		return openCheckpoint(q)
	case "sign":
		return sign(q)
	case "verify inclusion":
		return Answer{}, verifyInclusion(q)
	case "verify consistency":
		return Answer{}, verifyConsistency(q)
	case "make proofs":
		return makeProofs(q)
	case "judge checkpoint":
		return Answer{}, judgeCheckpoint(q)
	case "judge proof":
		return Answer{}, judgeProof(q)
	}
	return Answer{}, errors.New("the oracle does not know the question " + q.Ask)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
