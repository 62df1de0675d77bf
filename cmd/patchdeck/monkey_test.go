package main

import (
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"patchdeck/ui/command"
)

// monkeyBytes are what terminals send: keys that mean something somewhere, and what no key sends. Only what leaves the console is not among them.
var monkeyBytes = append(strings.Split("abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPRSTUVWXYZ123456789!?:/+=.,<>[] ", ""),
	"\r", "\t", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F", "\x7f", "\x15", "\x1b[Z", "\x1b[200~paste\x1b[201~", "\x1b]52;c;?\a", "\xff\xfe")

// Monkeys of every kind press keys at once over real SSH while the daemon works: it answers others meanwhile, none of their consoles breaks,
// and when they have left nothing of theirs is left.
func TestMonkeysOverSSHBlockNobodyAndLeaveNothingBehind(t *testing.T) {
	if testing.Short() {
		t.Skip("monkeys over the wire take some seconds")
	}
	const presses, seed = 400, 11
	roles := map[string]string{"k.osei": "lead", "o.haddad": "on-call", "s.lindqvist": "board", "web.team": "viewer"}
	site := newSite(t, emergencySchedule, roles, "--servers", "8", "--seed", "4", "--faults", "none", "--speed", "300")
	first := site.in("k.osei")
	first.surveys(8)
	first.leaves()
	first.lost()
	watcher := site.in("web.team")
	watcher.runs("inventory list")
	before := runtime.NumGoroutine()

	var pressing sync.WaitGroup
	var monkeys []*person
	for _, name := range slices.Sorted(maps.Keys(roles)) {
		monkeys = append(monkeys, site.in(name))
	}
	for n, p := range monkeys {
		random := rand.New(rand.NewPCG(seed, uint64(n)))
		pressing.Go(func() {
			for range presses {
				if _, err := p.keys.Write([]byte(monkeyBytes[random.IntN(len(monkeyBytes))])); err != nil {
					t.Errorf("seed %d: the console of %s broke: %v", seed, p.name, err)
					return
				}
			}
		})
	}
	for range 3 {
		if code, out := watcher.runs("inventory list"); code != command.Done {
			t.Errorf("while monkeys press, a command ends with %d: %s", code, out)
		}
	}
	pressing.Wait()
	for _, p := range monkeys {
		p.leaves()
		p.lost()
	}
	late := time.After(patience)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for runtime.NumGoroutine() > before {
		select {
		case <-again.C:
		case <-late:
			stacks := make([]byte, 1<<20)
			t.Fatalf("seed %d: %d goroutines were there before the monkeys and %d are after them\n%s", seed, before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
		}
	}
	watcher.leaves()
}
