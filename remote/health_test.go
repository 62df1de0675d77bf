package remote

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator"
)

var healthText = oneLine(`{"build":"10.0.20348.2340","boot_time":"2026-11-01T03:04:05Z","time":"2026-11-10T20:00:00Z","language_mode":"FullLanguage",
"execution_policy":"Undefined","task":{"ok":true,"code":"0x00000000","words":""},"system_drive_free_bytes":40000000000,"system_drive_total_bytes":100000000000,
"services":[{"name":"wuauserv","start":"Manual","state":"Running"}],"servicing":"idle",
"update_policy":{"use_wsus":true,"wsus_url":"https://wsus","no_auto_update":false,"au_options":4,"no_auto_restart_with_users":true},
"pending_restart":[],"backup":true,"last_backup":"2026-11-10T02:00:00Z","problems":[]}`)

// simulated is a small fleet of simulated servers at the speed given, and ours to reach it.
func simulated(t *testing.T, config simulator.Config) (*Fleet, *simulator.Fleet) {
	t.Helper()
	servers, err := simulator.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { servers.Close() })
	d := servers.Servers()[0]
	f := newFleet(t, func(o *Options) {
		o.Credentials = func(string) (Credential, error) { return Credential{User: d.User, Password: d.Password}, nil }
		o.Now = servers.Time
	})
	return f, servers
}

// insist asks until the road to the server is free: a simulated night has its own mishaps, and so has a busy machine.
func insist[T any](t *testing.T, ask func(context.Context) (T, error)) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		answer, err := ask(ctx)
		if err == nil {
			return answer
		}
		var failure *rollout.Failure
		if !errors.As(err, &failure) || failure.Class != rollout.ClassNetwork && failure.Class != rollout.ClassBusy || ctx.Err() != nil {
			t.Fatal(err)
		}
	}
}

func TestAHealthyServerHasNoObstacles(t *testing.T) {
	f, servers := simulated(t, simulator.Config{Servers: 2, Seed: 1})
	for _, d := range servers.Servers() {
		health := insist(t, func(ctx context.Context) (Health, error) { return f.ReadHealth(ctx, target(d)) })
		if health.Build.String() != d.Build || len(health.Services) != 4 || !health.Policy.UseWSUS || health.ClockSkew != 0 {
			t.Errorf("%+v", health)
		}
		if found := health.Obstacles(1 << 30); len(found) != 0 {
			t.Errorf("obstacles %v", found)
		}
	}
}

func TestEveryObstacleIsNamed(t *testing.T) {
	for name, c := range map[string]struct{ from, to, code string }{
		"no task":          {`{"ok":true,"code":"0x00000000"`, `{"ok":false,"code":"0x80070005"`, "0x80070005"},
		"language mode":    {"FullLanguage", "ConstrainedLanguage", "PD-LANGUAGE"},
		"execution policy": {"Undefined", "AllSigned", "0x800704EC"},
		"disabled service": {`"Manual"`, `"Disabled"`, "0x80070422"},
		"missing service":  {`"Manual"`, `"Missing"`, "0x80070424"},
		"disk":             {`free_bytes":40000000000`, `free_bytes":400`, "0x80070070"},
		"restart":          {`"pending_restart":[]`, `"pending_restart":[{"reason":"windows_update","blocks":true}]`, "0x80240016"},
		"clock ahead":      {"2026-11-10T20:00:00Z", "2026-11-10T20:06:00Z", "PD-CLOCK"},
		"clock behind":     {"2026-11-10T20:00:00Z", "2026-11-10T19:50:00Z", "PD-CLOCK"},
	} {
		f, s, _ := answering(t, "health", strings.Replace(healthText, c.from, c.to, 1))
		health, err := f.ReadHealth(t.Context(), s.target)
		if err != nil {
			t.Fatal(err)
		}
		found := health.Obstacles(1 << 30)
		if len(found) != 1 || found[0].Code != c.code || found[0].Words == "" {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func TestWhatHealthSaysIsReadInFull(t *testing.T) {
	f, s, _ := answering(t, "health", healthText)
	health, err := f.ReadHealth(t.Context(), s.target)
	if err != nil || health.Policy.AutoUpdate != 4 || !health.Policy.NoAutoRestartWithUsers || !health.Backup || health.LastBackup.Hour() != 2 ||
		!slices.Equal(health.Services, []ServiceStart{{"wuauserv", "Manual", "Running"}}) {
		t.Errorf("%+v %v", health, err)
	}
}

func TestUnbelievableHealthIsRefused(t *testing.T) {
	for _, c := range [][2]string{
		{`"ok":true,`, ``}, {`"code":"0x00000000"`, `"code":"fine"`}, {`"au_options":4`, `"au_options":44`}, {`"update_policy"`, `"policy"`},
		{`free_bytes":4`, `free_bytes":-4`}, {`free_bytes":4`, `free_bytes":400`}, {`"idle"`, `"sleepy"`}, {"2026-11-01T", "2026-11-01 "}, {`"task"`, `"tusk"`},
	} {
		var r healthResult
		if err := json.Unmarshal([]byte(strings.Replace(healthText, c[0], c[1], 1)), &r); err != nil {
			t.Fatal(err)
		}
		if health, err := r.believe(time.Time{}, time.Time{}); err == nil {
			t.Errorf("with %s: %+v", c[1], health)
		}
	}
}
