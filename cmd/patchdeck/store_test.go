package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"patchdeck/ui/command"
)

const threeServers = `name,address,os,environment,site,window,owner,applications
DUB-WEB-001,127.0.0.1:15985,Windows Server 2022,Prod,DUB,W1,Web,Shop
DUB-WEB-002,127.0.0.1:15986,Windows Server 2022,Prod,DUB,W2,Web,Shop
DUB-DEV-001,127.0.0.1:15987,Windows Server 2022,Dev,DUB,W1,Web,Shop
`

// folderWithServers is a data folder whose store holds an imported inventory.
func folderWithServers(t *testing.T, patchdeck string) string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	must(t, patchdeck, "inventory", "import", serversFile(t), "--data", data)
	return data
}

func serversFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "servers.csv")
	if err := os.WriteFile(file, []byte(threeServers), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// must runs the binary and expects success.
func must(t *testing.T, patchdeck string, args ...string) string {
	t.Helper()
	code, out, complaints := run(t, patchdeck, args...)
	if code != command.Done {
		t.Fatalf("patchdeck %s: exit %d: %s", strings.Join(args, " "), code, complaints)
	}
	return out
}

func TestABackupTakenFromTheDaemonRestoresIntoAnEmptyFolder(t *testing.T) {
	patchdeck := binary(t)
	data := folderWithServers(t, patchdeck)
	daemon, err := startDaemon(t.Context(), command.ServeOptions{Data: data, Listen: "none"})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "nightly.patchdeck")
	must(t, patchdeck, "store", "backup", file, "--data", data)
	if err := daemon.close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a backup holds who did what, and is for its owner alone: %v %v", info.Mode(), err)
	}
	if out := must(t, patchdeck, "audit", "list", "--json", "--data", data); !strings.Contains(out, "a copy of everything goes to "+file) {
		t.Errorf("the trail does not say that a copy was taken: %s", out)
	}
	verified := must(t, patchdeck, "store", "verify", file)

	restored := filepath.Join(t.TempDir(), "restored")
	out := must(t, patchdeck, "store", "restore", file, "--data", restored)
	head := verified[strings.Index(verified, "head "):]
	if !strings.Contains(out, head) {
		t.Errorf("restored %s, the backup was verified as %s", out, verified)
	}
	if list := must(t, patchdeck, "inventory", "list", "--data", restored); !strings.Contains(list, "DUB-DEV-001") {
		t.Errorf("the restored inventory lacks servers: %s", list)
	}
	code, _, complaints := run(t, patchdeck, "store", "restore", file, "--data", restored)
	if code != command.Failure || !strings.Contains(complaints, "holds a store already") {
		t.Errorf("a second restore: exit %d, %s", code, complaints)
	}

	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, complaints := run(t, patchdeck, "store", "verify", file); code != command.Failure || !strings.Contains(complaints, "take another one") {
		t.Errorf("a damaged backup: exit %d, %s", code, complaints)
	}
}

func TestAStoreThatAStartRefusesGoesOnOnlyWhenAPersonSaysWhy(t *testing.T) {
	patchdeck := binary(t)
	data := folderWithServers(t, patchdeck)
	anchor := filepath.Join(data, "store", "anchor")
	if err := os.Remove(anchor); err != nil {
		t.Fatal(err)
	}
	if code, _, complaints := run(t, patchdeck, "inventory", "list", "--data", data); code != command.Failure || !strings.Contains(complaints, "anchor file is gone") {
		t.Fatalf("without its anchor: exit %d, %s", code, complaints)
	}
	if code, _, _ := run(t, patchdeck, "store", "accept", "--data", data); code != command.Usage {
		t.Errorf("without a reason: exit %d", code)
	}
	must(t, patchdeck, "store", "accept", "--reason", "the folder was copied from a snapshot", "--data", data)
	if out := must(t, patchdeck, "audit", "list", "--json", "--data", data); !strings.Contains(out, "its anchor file is gone") || !strings.Contains(out, "copied from a snapshot") {
		t.Errorf("the trail does not say who accepted what: %s", out)
	}
	if code, _, complaints := run(t, patchdeck, "store", "accept", "--reason", "again", "--data", data); code != command.Failure || !strings.Contains(complaints, "nothing to accept") {
		t.Errorf("accepted twice: exit %d, %s", code, complaints)
	}
}

func TestTheDaemonTellsHowMuchRoomTheStoreHas(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	session, err := openSession(ctx, data, false)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if free, err := session.Free(); err != nil || free == 0 {
		t.Errorf("free %d, %v", free, err)
	}
}
