package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"patchdeck/store"
	"patchdeck/ui/command"
)

// storeHooks are the verbs that work on a store's folder itself; none of them exists over SSH.
func storeHooks() command.StoreHooks {
	return command.StoreHooks{Verify: verifyBackup, Restore: restoreStore, Accept: acceptStore}
}

func storeReport(r store.BackupReport) command.StoreReport {
	return command.StoreReport{Records: r.Records, Entries: r.Trail.Entries, Since: r.Trail.Since, Till: r.Trail.Till, Head: r.Trail.Head.String()}
}

// backupOf gives a session its way to copy the store.
func backupOf(s *store.Store) func(io.Writer) (command.StoreReport, error) {
	return func(w io.Writer) (command.StoreReport, error) {
		report, err := s.Backup(w)
		return storeReport(report), err
	}
}

func verifyBackup(r io.Reader) (command.StoreReport, error) {
	report, err := store.VerifyBackup(r)
	return storeReport(report), err
}

// restoreStore fills the store of a data folder that has none. The other files of the folder (configuration, users, host key) are not
// in a backup and stay as they are.
func restoreStore(_ context.Context, data string, from io.Reader) (command.StoreReport, error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return command.StoreReport{}, err
	}
	report, err := store.Restore(storeFolder(data), from)
	return storeReport(report), err
}

// acceptStore opens a store that a start refuses, for the one command that says who accepts it.
func acceptStore(ctx context.Context, data string) (*command.Session, string, error) {
	if !exists(storeFolder(data)) {
		return nil, "", fmt.Errorf("there is no store in %s: name another folder with --data", data)
	}
	session, h, err := openHouse(ctx, data, false, store.WithAcceptedTrail())
	if err != nil {
		return nil, "", err
	}
	return session, h.store.Accepted(), nil
}
