package store

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"patchdeck/engine"
	"patchdeck/engine/trail"
	"patchdeck/store/storetest"
)

// The test binary is also the process that gets killed: with this variable set it works on a store as it says.
const childVariable = "PATCHDECK_STORE_TEST_CHILD"

func TestMain(m *testing.M) {
	work, dir, ok := strings.Cut(os.Getenv(childVariable), " ")
	if !ok {
		os.Exit(m.Run())
	}
	if err := children[work](dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

var children = map[string]func(dir string) error{
	"write": writeForEver,
	"hold":  holdForEver,
	"large": writeLargeAndDie,
}

func child(t *testing.T, work, dir string, more ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(self)
	command.Env = append(append(os.Environ(), childVariable+"="+work+" "+dir), more...)
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	return command, bufio.NewScanner(output)
}

func kill(t *testing.T, command *exec.Cmd) {
	t.Helper()
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait() // says "signal: killed"
}

// writeForEver commits batches of 1 to 20 entries, each with a record that it counts up, and prints what is durable.
func writeForEver(dir string) error {
	s, err := Open(dir, WithMinFree(0))
	if err != nil {
		return err
	}
	for n := int(s.Head().Seq); ; n++ {
		count := n%20 + 1
		parts := []any{engine.Record{Kind: "count", ID: "entries", Value: strconv.AppendUint(nil, s.Head().Seq+uint64(count), 10)}}
		for range count {
			parts = append(parts, storetest.Entry("step"))
		}
		b, err := storetest.Batch(s.Head(), parts...)
		if err != nil {
			return err
		}
		if err := s.Commit(b); err != nil {
			return err
		}
		fmt.Println(s.Head().Seq, s.Head())
	}
}

func TestKillWhileWritingLosesNothingAcknowledged(t *testing.T) {
	dir := t.TempDir()
	for round := range 6 {
		command, lines := child(t, "write", dir)
		var acknowledged trail.Head
		for range round*37 + 1 {
			if !lines.Scan() {
				t.Fatal("the writer ended by itself")
			}
			if _, err := fmt.Sscanf(lines.Text(), "%d", &acknowledged.Seq); err != nil {
				t.Fatal(err)
			}
		}
		kill(t, command)

		s := open(t, dir)
		if s.Head().Seq < acknowledged.Seq {
			t.Errorf("round %d: entry %d was acknowledged, the trail ends at %d", round, acknowledged.Seq, s.Head().Seq)
		}
		storetest.Verify(t, s)
		expectCount(t, s, s.Head().Seq)
		closeStore(t, s)
	}
}

func expectCount(t *testing.T, s *Store, expected uint64) {
	t.Helper()
	err := s.Load(func(r engine.Record) error {
		if string(r.Value) != strconv.FormatUint(expected, 10) {
			t.Errorf("the record counts %s entries, the trail has %d: a batch was split", r.Value, expected)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var heldOpen *Store // a store that nobody refers to would be collected, and its lock with it

func holdForEver(dir string) (err error) {
	if heldOpen, err = Open(dir, WithMinFree(0)); err != nil {
		return err
	}
	fmt.Println("open")
	select {}
}

func TestASecondProcessLearnsWhoHoldsTheStore(t *testing.T) {
	dir := t.TempDir()
	command, lines := child(t, "hold", dir)
	if !lines.Scan() {
		t.Fatal("the holder did not open the store")
	}
	err := openError(t, dir)
	var held *Held
	if !errors.As(err, &held) || held.PID != command.Process.Pid || held.Dir != dir {
		t.Errorf("error %v, the holder is process %d", err, command.Process.Pid)
	}
	if says := fmt.Sprintf("store %s is held by process %d: ", dir, command.Process.Pid); !strings.HasPrefix(err.Error(), says) {
		t.Errorf("error %v", err)
	}

	kill(t, command) // its pid file stays behind
	s := open(t, dir)
	commit(t, s, "one")
	if err := openError(t, dir); !errors.As(err, &held) || held.PID != os.Getpid() {
		t.Errorf("error %v, the holder is this process %d", err, os.Getpid())
	}
	closeStore(t, s)
	open(t, dir)
}

const stepVariable = "PATCHDECK_STORE_TEST_STEP"

// writeLargeAndDie commits a batch that needs chunks and dies after the step that the variable names.
func writeLargeAndDie(dir string) error {
	last, err := strconv.Atoi(os.Getenv(stepVariable))
	if err != nil {
		return err
	}
	steps := 0
	die := func(s *settings) {
		s.wrote = func() {
			if steps++; steps == last {
				_ = (&os.Process{Pid: os.Getpid()}).Kill()
				select {}
			}
		}
	}
	s, err := Open(dir, WithMinFree(0), die)
	if err != nil {
		return err
	}
	steps = 0
	b, err := storetest.Batch(s.Head(), storetest.Large(20_000)...)
	if err != nil {
		return err
	}
	if err := s.Commit(b); err != nil {
		return err
	}
	fmt.Println("committed after", steps, "steps")
	return s.Close()
}

func TestALargeBatchIsAllOrNothingWhereverItIsKilled(t *testing.T) {
	outcomes := map[int]int{}
	for step := 1; ; step++ {
		dir := t.TempDir()
		s := open(t, dir)
		commit(t, s, "before")
		closeStore(t, s)

		command, lines := child(t, "large", dir, stepVariable+"="+strconv.Itoa(step))
		finished := lines.Scan()
		_ = command.Wait()
		if finished {
			break
		}
		s = open(t, dir)
		found := storetest.CountLarge(t, s)
		if found != 0 && found != 20_000 {
			t.Errorf("killed after step %d: %d of 20,000 records", step, found)
		}
		if seq := storetest.Verify(t, s).Last; seq != uint64(1+found/10) {
			t.Errorf("killed after step %d: the trail ends at entry %d with %d records", step, seq, found)
		}
		if keys, err := s.chunkKeys(10); err != nil || len(keys) > 0 {
			t.Errorf("killed after step %d: %d chunks are left, error %v", step, len(keys), err)
		}
		outcomes[found]++
		commit(t, s, "after")
		closeStore(t, s)
	}
	if outcomes[0] < 3 || outcomes[20_000] < 5 {
		t.Errorf("kills that left nothing and everything: %v; the steps were not all tried", outcomes)
	}
}
