package config

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/notice"
	"patchdeck/remote/mail"
)

func TestNothingIsSentUnlessItIsConfigured(t *testing.T) {
	c, err := Parse("/etc/patchdeck/config.yaml", []byte(Default))
	if err != nil {
		t.Fatal(err)
	}
	if n := c.Notices; n.Mail != nil || len(n.Webhooks) > 0 || n.Daily != 8*time.Hour || len(n.Book.For(notice.Halted, nil)) > 0 {
		t.Errorf("%+v", n)
	}
}

// What stands commented out in the default configuration is what it says: without the marks it is taken.
func TestTheExampleOfNoticesIsTaken(t *testing.T) {
	_, section, _ := strings.Cut(Default, "notices:\n")
	section, _, _ = strings.Cut(section, "\nlimits:")
	c, err := Parse("/etc/patchdeck/config.yaml", []byte("notices:\n"+strings.ReplaceAll(section, "\n# ", "\n")))
	if err != nil {
		t.Fatal(err)
	}
	n := c.Notices
	if n.Mail == nil || n.Mail.Port != 587 || n.Mail.TLS != mail.StartTLS || n.Mail.Password.Env != "PATCHDECK_MAIL_PASSWORD" || n.Templates != "/etc/patchdeck/templates" {
		t.Errorf("%+v", n)
	}
	if len(n.Webhooks) != 1 || n.Webhooks[0].Secret.File != "/etc/patchdeck/chat.secret" {
		t.Errorf("%+v", n.Webhooks)
	}
	var roads []string
	for _, a := range n.Book.For(notice.Emergency, []string{"Team-Payments"}) {
		roads = append(roads, a.To)
	}
	if want := []string{"k.osei@example.com", "payments@example.com", "security@example.com", "sql-owners@example.com", "chat"}; !slices.Equal(roads, want) {
		t.Errorf("an emergency goes to %v, want %v", roads, want)
	}
	if len(n.Book.For(notice.Progress, nil)) > 0 {
		t.Error("a quiet kind is sent")
	}
}

func TestTemplatesThatOthersCanChangeAreRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps rights in access lists")
	}
	folder := filepath.Join(t.TempDir(), "templates")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "halted.txt")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := TrustedFolder(folder); err != nil {
		t.Error(err)
	}
	if err := os.Chmod(file, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := TrustedFolder(folder); err == nil || !strings.Contains(err.Error(), "can be written by others") {
		t.Errorf("a file that others can write: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/hostname", file); err != nil {
		t.Fatal(err)
	}
	if _, err := TrustedFolder(folder); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Errorf("a link: %v", err)
	}
	if _, err := TrustedFolder(filepath.Join(folder, "nothing")); err == nil {
		t.Error("a folder that is not there was taken")
	}
}
