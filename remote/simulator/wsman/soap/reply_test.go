package soap

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"
)

// wellFormed reads a document with the standard library.
func wellFormed(document []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(document))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

var related = Header{MessageID: "M", RelatesTo: `uuid:<&">` + "\x01"}

func TestRepliesAreWellFormed(t *testing.T) {
	for name, reply := range map[string][]byte{
		"created":    AppendCreated(nil, related, Shell{ID: "S", Owner: `CONTOSO\a<b>`, Address: "http://x/&", IdleTimeout: time.Hour}),
		"started":    AppendStarted(nil, related, "C"),
		"sent":       AppendEmpty(nil, related, ActionSend),
		"deleted":    AppendEmpty(nil, related, ActionDelete),
		"output":     AppendOutput(nil, related, Output{CommandID: "C", Stdout: []byte{0, 1, 2}, Stderr: []byte("x"), Done: true, ExitCode: -1073741510}),
		"identified": AppendIdentified(nil, "10.0<"),
	} {
		if err := wellFormed(reply); err != nil {
			t.Errorf("%s: %v: %s", name, err, reply)
		}
	}
}

func TestFaultsAreWellFormedAndCarryTheirCode(t *testing.T) {
	for fault := range faults {
		for _, older := range []bool{false, true} {
			reply := FaultReply{Fault: fault, Machine: "SRV<", Reason: map[bool]string{true: "why <&"}[older], Older: older}.Append(nil, related)
			code := strconv.FormatUint(uint64(fault), 10)
			instance := strings.Contains(string(reply), "MSFT_WmiError")
			if err := wellFormed(reply); err != nil || !strings.Contains(string(reply), code) || older && instance {
				t.Errorf("fault %d, older %t: %v: %s", fault, older, err, reply)
			}
		}
	}
}

func TestOutputFitsItsEnvelope(t *testing.T) {
	const id = "0F0F0F0F-1111-2222-3333-444444444444"
	for _, envelope := range []int{8 << 10, 153600, 500 << 10} {
		room := OutputRoom(envelope)
		reply := AppendOutput(nil, related, Output{CommandID: id, Stdout: make([]byte, room-1), Stderr: []byte("x"), Done: true})
		if len(reply) > envelope || room < envelope/3 {
			t.Errorf("%d bytes of output make %d of %d", room, len(reply), envelope)
		}
	}
}

func BenchmarkAppendOutput2KB(b *testing.B) {
	output := Output{CommandID: "C", Stdout: make([]byte, 2048), Done: true}
	var buffer []byte
	for b.Loop() {
		buffer = AppendOutput(buffer[:0], related, output)
	}
}
