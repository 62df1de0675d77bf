package assets

import "testing"

func TestTheBootstrapFitsACommandLine(t *testing.T) {
	if n := len(Bootstrap()); n >= 3019 {
		t.Errorf("bootstrap.ps1 has %d characters; -EncodedCommand under cmd.exe has room for fewer than 3019", n)
	}
	if n := len(BootstrapCommandLine()); n >= 8191 {
		t.Errorf("the command line has %d characters; cmd.exe takes fewer than 8191", n)
	}
}
