package part

import (
	"testing"
	"time"
)

func TestLasting(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 45 * time.Second: "45s", 12*time.Minute + 59*time.Second: "12m", time.Hour + 45*time.Minute: "1h45",
		76 * time.Hour: "3d 4h",
	} {
		if got := Lasting(d); got != want {
			t.Errorf("Lasting(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1500: "-1500"} {
		if got := Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestSome(t *testing.T) {
	if got := Some([]string{"a", "b", "c"}, 3); got != "a, b, c" {
		t.Errorf("got %q", got)
	}
	if got := Some([]string{"a", "b", "c"}, 1); got != "a and 2 more" {
		t.Errorf("got %q", got)
	}
}

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{0: "0 MB", 1: "1 KB", 1025: "2 KB", 1<<20 - 1: "1024 KB", 5 << 20: "5 MB", 3 << 29: "1.5 GB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
