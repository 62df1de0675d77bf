package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/user"
	"reflect"
	"strconv"
	"sync/atomic"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"patchdeck/engine/approval"
)

// UsersFile is the users file as it is now. While a change cannot be read, the users of before it count on, so that a typing
// mistake locks nobody out in the middle of a night.
type UsersFile struct {
	path    string
	current atomic.Pointer[Users]
	said    string // the newest complaint, said once; of Follow alone
}

// OpenUsers reads a users file. While there is none, or it names nobody, the OS user that runs patchdeck is lead.
func OpenUsers(path string) (*UsersFile, error) {
	f := &UsersFile{path: path}
	users, err := ReadUsers(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, err
	}
	f.current.Store(users)
	return f, nil
}

// named gives the users, or nil while nobody is named.
func (f *UsersFile) named() *Users {
	users := f.current.Load()
	if users == nil || len(users.People) == 0 {
		return nil
	}
	return users
}

// People lists the users; ok is false while nobody is named.
func (f *UsersFile) People() (people []User, ok bool) {
	users := f.named()
	if users == nil {
		return nil, false
	}
	return users.People, true
}

// Identify tells whose key it is.
func (f *UsersFile) Identify(key gossh.PublicKey) (approval.Actor, bool) {
	users := f.named()
	if users == nil {
		return approval.Actor{}, false
	}
	return users.ByKey(key)
}

// Local tells who the OS user with this number is.
func (f *UsersFile) Local(uid uint32) (approval.Actor, bool) {
	users := f.named()
	if users == nil {
		if int(uid) != os.Getuid() {
			return approval.Actor{}, false
		}
		return approval.Actor{Name: osUserOf(uid), Roles: []approval.Role{approval.Lead}}, true
	}
	return users.ByOSUser(osUserOf(uid))
}

// osUserOf gives the name of a user of this machine, or its number where it has none.
func osUserOf(uid uint32) string {
	number := strconv.FormatUint(uint64(uid), 10)
	if account, err := user.LookupId(number); err == nil {
		return account.Username
	}
	return number
}

// Reload reads the file again. changed tells whether the users are others now; an error leaves them as they were.
func (f *UsersFile) Reload() (changed bool, err error) {
	users, err := ReadUsers(f.path)
	before := f.current.Load()
	if errors.Is(err, fs.ErrNotExist) && before == nil {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("the users of before count on: %w", err)
	}
	if before != nil && reflect.DeepEqual(before, users) {
		return false, nil
	}
	f.current.Store(users)
	return true, nil
}

// Follow reads the file again with each tick and calls changed when the users are others. It returns when ctx ends. What is
// wrong with the file is logged once.
func (f *UsersFile) Follow(ctx context.Context, tick <-chan time.Time, changed func(), log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
		others, err := f.Reload()
		complaint := ""
		if err != nil {
			complaint = err.Error()
		}
		if complaint != f.said && complaint != "" {
			log.Error("users file", "path", f.path, "error", complaint)
		}
		f.said = complaint
		if others {
			log.Info("users changed", "path", f.path)
			changed()
		}
	}
}
