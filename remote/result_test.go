package remote

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"patchdeck/assets"
	"patchdeck/engine"
	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator/wsman"
)

// answering makes a server that gives one answer, checks which script asks, and keeps its parameters.
func answering(t *testing.T, script, answer string) (*Fleet, *server, *map[string]any) {
	t.Helper()
	s, parameters := newServer(t, wsman.Options{}), map[string]any{}
	s.answer = func(asked string, given jsonText) string {
		if asked != script {
			t.Errorf("script %s was sent instead of %s", asked, script)
		}
		if err := json.Unmarshal(given, &parameters); err != nil {
			t.Error(err)
		}
		return answer
	}
	return newFleet(t, nil), s, &parameters
}

const jobText = `{"job":"r7-s00001-install-1","kind":"install","existed":false,"state":"running","seq":12,"phase":"installing","percent":40,"kb":"KB5034129",
"heartbeat":"2026-11-10T20:00:00.1234567Z","started":"2026-11-10T19:58:00Z","finished":"","boot_time":"2026-11-01T03:04:05Z","time":"2026-11-10T20:00:01Z","outcome":null}`

func oneLine(text string) string { return strings.ReplaceAll(text, "\n", "") }

// finished is a finished job with that outcome.
func finished(outcome string) string {
	return oneLine(strings.NewReplacer(`"running"`, `"finished"`, `"finished":""`, `"finished":"2026-11-10T20:00:00Z"`, `"outcome":null`, `"outcome":`+outcome).Replace(jobText))
}

func TestAJobIsStartedWithItsBodyAndItsUpdates(t *testing.T) {
	f, s, parameters := answering(t, "job-start", oneLine(jobText))
	job, err := f.StartJob(t.Context(), s.target, installOrder)
	if err != nil {
		t.Fatal(err)
	}
	if job.State != rollout.JobRunning || job.Seq != 12 || job.Percent != 40 || job.KB != "KB5034129" || job.Beat.Nanosecond() != 123456700 || !job.Finished.IsZero() {
		t.Errorf("%+v", job)
	}
	body, _ := assets.Script("job-install")
	p := *parameters
	if p["job"] != installOrder.ID || p["change"] != "CHG-1" || p["deadline"] != "2026-11-11T02:00:00Z" || p["kind"] != "install" {
		t.Errorf("%v", p)
	}
	if sent := p["body"].(map[string]any); sent["text"] != body.Text || sent["sha256"] != body.SHA256 {
		t.Error("another body was sent")
	}
	if manifest := p["manifest"].(map[string]any)["updates"].([]any); len(manifest) != 1 || manifest[0] != "KB5034129" {
		t.Errorf("%v", manifest)
	}
}

func TestAScanIsAskedForWithItsCriteria(t *testing.T) {
	f, s, parameters := answering(t, "job-start", oneLine(strings.Replace(jobText, `"install"`, `"scan"`, 1)))
	order := engine.JobOrder{ID: installOrder.ID, Kind: rollout.JobScan, Deadline: installOrder.Deadline}
	if _, err := f.StartJob(t.Context(), s.target, order); err != nil {
		t.Fatal(err)
	}
	if criteria := (*parameters)["manifest"].(map[string]any)["criteria"]; criteria != "IsInstalled=0 and Type='Software' and IsHidden=0" {
		t.Errorf("%v", criteria)
	}
}

func TestOutcomesOfJobs(t *testing.T) {
	update := func(kb, code string, result string) string {
		return `{"kb":"` + kb + `","update_id":"u","title":"t","result":` + result + `,"code":"` + code + `","size_bytes":7}`
	}
	outcome := func(result, code, updates string) string {
		return `{"result":"` + result + `","code":"` + code + `","words":"said","restart_required":true,"build_before":"10.0.20348.2340","updates":[` + updates + `]}`
	}
	for name, c := range map[string]struct {
		outcome string
		check   func(o *rollout.Outcome) bool
	}{
		"succeeded": {outcome("succeeded", "0x00000000", update("KB5034129", "0x00000000", "2")), func(o *rollout.Outcome) bool {
			return o.Succeeded && o.Failure == nil && o.RestartRequired && o.BuildBefore[3] == 2340 && o.Offered[0].Size == 7
		}},
		"nothing": {outcome("nothing_to_do", "0x00240006", update("KB5034129", "0x00240006", "0")), func(o *rollout.Outcome) bool {
			return o.Nothing && !o.Succeeded && o.Failure == nil && len(o.Offered) == 0
		}},
		"cancelled": {outcome("cancelled", "0x8024000B", ""), func(o *rollout.Outcome) bool { return o.Cancelled && o.Failure == nil }},
		"failed with a known code": {outcome("failed", "0x80070005", ""), func(o *rollout.Outcome) bool {
			return o.Failure.Class == rollout.ClassAccess && o.Failure.Code == "0x80070005" && strings.Contains(o.Failure.Words, "said")
		}},
		"failed with an unknown code": {outcome("failed", "0x8ABCDEF0", ""), func(o *rollout.Outcome) bool {
			return o.Failure.Class == rollout.ClassPatch && o.Failure.Words == "said" && !o.Failure.Retry
		}},
		"the update knows why": {outcome("failed", "0x80240022", update("KB5034130", "0x80240017", "0")+","+update("KB5034129", "0x8ABCDEF1", "4")), func(o *rollout.Outcome) bool {
			return o.Failure.Code == "0x8ABCDEF1"
		}},
	} {
		f, s, _ := answering(t, "job-poll", finished(c.outcome))
		job, err := f.Job(t.Context(), s.target, installOrder.ID, 3)
		if err != nil || job.Outcome == nil || !c.check(job.Outcome) {
			t.Errorf("%s: %+v %v", name, job.Outcome, err)
		}
	}
}

func TestAJobThatTheHostNeverHeardOfIsAbsent(t *testing.T) {
	f, s, parameters := answering(t, "job-poll", `{"job":"j-1","kind":"","existed":false,"state":"absent","seq":0,"phase":"","percent":0,"kb":"","heartbeat":"","started":"","finished":"","boot_time":"2026-11-01T03:04:05Z","time":"2026-11-10T20:00:01Z","outcome":null}`)
	job, err := f.Job(t.Context(), s.target, "j-1", 7)
	if err != nil || job.State != rollout.JobAbsent || job.Outcome != nil {
		t.Errorf("%+v %v", job, err)
	}
	if (*parameters)["after"] != 7.0 {
		t.Errorf("%v", *parameters)
	}
}

func TestAJobIsRemovedOrStillLives(t *testing.T) {
	f, s, _ := answering(t, "job-remove", `{"removed":true}`)
	if err := f.RemoveJob(t.Context(), s.target, "j-1"); err != nil {
		t.Error(err)
	}
	f, s, _ = answering(t, "job-remove", `{"removed":false}`)
	failed(t, f.RemoveJob(t.Context(), s.target, "j-1"), rollout.ClassBusy, "PD-JOB-LIVES")
	f, s, _ = answering(t, "job-remove", `{}`)
	failed(t, f.RemoveJob(t.Context(), s.target, "j-1"), rollout.ClassProtocol, "PD-REPLY")
}

func TestARestartIsOrderedForOneBoot(t *testing.T) {
	f, s, parameters := answering(t, "restart", `{"ordered":true,"already":"","boot_time":"2026-11-01T03:04:05.1234567Z"}`)
	boot := time.Date(2026, 11, 1, 3, 4, 5, 123456700, time.UTC)
	restarted, err := f.Restart(t.Context(), s.target, engine.RestartOrder{ID: "r7-s00001-restart-1", BootTime: boot, Comment: "CHG-1"})
	if err != nil || !restarted.Ordered || !restarted.BootTime.Equal(boot) {
		t.Errorf("%+v %v", restarted, err)
	}
	if (*parameters)["boot_time"] != "2026-11-01T03:04:05.1234567Z" || (*parameters)["restart"] != "r7-s00001-restart-1" || (*parameters)["delay_seconds"] != 5.0 {
		t.Errorf("%v", *parameters)
	}
}

// Handbook 8: people who are logged on get a countdown.
func TestPeopleWhoAreLoggedOnGetACountdown(t *testing.T) {
	f, s, parameters := answering(t, "restart", `{"ordered":true,"already":"","boot_time":"2026-11-01T03:04:05Z"}`)
	if _, err := f.Restart(t.Context(), s.target, engine.RestartOrder{ID: "r1", BootTime: night, Comment: "CHG-1", Countdown: 10 * time.Minute}); err != nil {
		t.Fatal(err)
	}
	if (*parameters)["delay_seconds"] != 600.0 || (*parameters)["comment"] != "CHG-1" {
		t.Errorf("%v", *parameters)
	}
}

func TestVerificationAnswersForEveryUpdate(t *testing.T) {
	text := `{"build":"10.0.20348.2400","boot_time":"2026-11-10T20:00:00Z","time":"2026-11-10T20:05:00Z","servicing":"busy","logon_ready":true,
"present":["KB5034129"],"missing":["KB5034130"],"services_not_running":["W3SVC\u001b[2J"],"pending_restart":[]}`
	f, s, parameters := answering(t, "verify", oneLine(text))
	v, err := f.Verify(t.Context(), s.target, []string{"KB5034129", "KB5034130"}, nil)
	if err != nil || !v.Busy || !v.LogonReady || v.Present[0] != "KB5034129" || v.Missing[0] != "KB5034130" || v.NotRunning[0] != "W3SVC" {
		t.Errorf("%+v %v", v, err)
	}
	if services, ok := (*parameters)["services"].([]any); !ok || len(services) != 0 {
		t.Errorf("no services is an empty list, not %v", (*parameters)["services"])
	}
	_, err = f.Verify(t.Context(), s.target, []string{"KB5034129"}, nil)
	failed(t, err, rollout.ClassProtocol, "PD-REPLY")
	_, err = f.Verify(t.Context(), s.target, []string{"KB5034129", "KB5034130", "KB5034131"}, nil)
	failed(t, err, rollout.ClassProtocol, "PD-REPLY")
}

func TestAScriptThatFailsSaysWhy(t *testing.T) {
	f, s, _ := answering(t, "job-start", raw+"-----BEGIN PATCHDECK NONCE-----\n"+
		`{"patchdeck":1,"nonce":"NONCE","script":"job-start","version":VERSION,"ok":false,"error":{"code":"0x80070005","message":"Access\r\n is denied.\u001b]0;x\u0007"}}`+
		"\n-----END PATCHDECK NONCE-----\n")
	_, err := f.StartJob(t.Context(), s.target, installOrder)
	if failure := failed(t, err, rollout.ClassAccess, "0x80070005"); !strings.HasSuffix(failure.Words, "Access is denied.") {
		t.Errorf("%q", failure.Words)
	}
}

func TestNoiseAroundAnAnswerIsNoResult(t *testing.T) {
	answer := "-----BEGIN PATCHDECK NONCE-----\r\n" + `{"patchdeck":1,"nonce":"NONCE","script":"job-remove","version":VERSION,"ok":true,"result":{"removed":true}}` + "\r\n-----END PATCHDECK NONCE-----\r\n"
	for name, c := range map[string]struct {
		text string
		good bool
	}{
		"plain":                   {answer, true},
		"between banners":         {"Welcome to CORP\r\n" + answer + "goodbye", true},
		"nothing":                 {"", false},
		"only noise":              {"'powershell.exe' is not recognized", false},
		"twice":                   {answer + answer, false},
		"no end":                  {strings.SplitAfter(answer, "}}")[0], false},
		"end without answer":      {"-----BEGIN PATCHDECK NONCE-----\n-----END PATCHDECK NONCE-----\n", false},
		"two lines":               {strings.Replace(answer, "\r\n-----END", "\n{}\n-----END", 1), false},
		"another nonce":           {strings.ReplaceAll(answer, "NONCE", strings.Repeat("0", 32)), false},
		"another nonce inside":    {strings.Replace(answer, `"nonce":"NONCE"`, `"nonce":"x"`, 1), false},
		"another script":          {strings.Replace(answer, "job-remove", "job-start", 1), false},
		"another version":         {strings.Replace(answer, "VERSION", "99", 1), false},
		"another format":          {strings.Replace(answer, `"patchdeck":1`, `"patchdeck":2`, 1), false},
		"neither result nor word": {strings.Replace(answer, `"result"`, `"resulf"`, 1), false},
		"result is null":          {strings.Replace(answer, `"result":`, `"result":null,"resulf":`, 1), false},
		"not JSON":                {strings.Replace(answer, `{"patchdeck"`, `{patchdeck`, 1), false},
		"not UTF-8":               {strings.Replace(answer, "removed", "rem\xffved", 1), false},
		"wrong type":              {strings.Replace(answer, "true}", `"yes"}`, 1), false},
	} {
		f, s, _ := answering(t, "job-remove", raw+c.text)
		err := f.RemoveJob(t.Context(), s.target, "j-1")
		if c.good && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !c.good {
			t.Run(name, func(t *testing.T) { failed(t, err, rollout.ClassProtocol, "PD-REPLY") })
		}
	}
}

func TestUnbelievableAnswersAreRefused(t *testing.T) {
	job := func(from, to string) func() error {
		return func() error {
			var r jobResult
			if err := json.Unmarshal([]byte(strings.Replace(finished(`{"result":"failed","code":"0x80070005","updates":[]}`), from, to, 1)), &r); err != nil {
				return err
			}
			_, err := r.believe(installOrder.ID)
			return err
		}
	}
	facts := func(from, to string) func() error {
		return func() error {
			var r factsResult
			if err := json.Unmarshal([]byte(strings.Replace(factsText, from, to, 1)), &r); err != nil {
				return err
			}
			_, err := r.believe(time.Time{}, nil)
			return err
		}
	}
	if err := job("", "")(); err != nil {
		t.Fatal(err)
	}
	if err := facts("", "")(); err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]func() error{
		"another job":         job("s00001", "s00002"),
		"no outcome":          job(`"outcome":{`, `"outcom":{`),
		"unknown state":       job(`"finished"`, `"done"`),
		"unknown kind":        job(`"install"`, `"format"`),
		"percent":             job(`"percent":40`, `"percent":101`),
		"negative line":       job(`"seq":12`, `"seq":-1`),
		"a time of 1601":      job("2026-11-01", "1601-11-01"),
		"no time":             job("2026-11-01T", "2026-11-01 "),
		"no code":             job("0x80070005", "-2147024891"),
		"unknown result":      job(`"failed"`, `"fine"`),
		"KB":                  job(`"KB5034129"`, `"KB5034129; rm"`),
		"hostname":            facts(`"hostname":"APP01"`, `"hostname":"\u001b[2J"`),
		"role":                facts(`"domain_role":3`, `"domain_role":6`),
		"build":               facts("10.0.20348.2340", "10.0.20348"),
		"memory":              facts("8589934592", "-8589934592"),
		"more free than all":  facts("40000000000", "400000000000"),
		"servicing":           facts(`"idle"`, `"sleepy"`),
		"update":              facts("KB5034129", "KB1"),
		"more than an int":    facts("8589934592", "85899345920000000000"),
		"list beyond reason":  facts(`["Web-Server"]`, "["+strings.Repeat(`"x",`, mostRoles)+`"x"]`),
		"boot time is absent": facts("boot_time", "booted"),
	} {
		if err := try(); err == nil {
			t.Errorf("%s was believed", name)
		}
	}
}

func TestWhatPowerShellComplainsOfIsToldInWords(t *testing.T) {
	clixml := "#< CLIXML\r\n" + `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj S="progress" RefId="0"/>` +
		`<S S="Error">The term &apos;x&apos; is not recognized_x000D__x000A_</S><S S="Error">At line:1</S></Objs>`
	if got := clean(plainErrors([]byte(clixml)), longWords); got != "The term 'x' is not recognized At line:1" {
		t.Errorf("%q", got)
	}
	if got := plainErrors([]byte("plain words")); got != "plain words" {
		t.Errorf("%q", got)
	}
}

func TestProbeReadsFactsWithItsOwnAccount(t *testing.T) {
	s := newServer(t, wsman.Options{})
	options := ProbeOptions{Address: "127.0.0.1:" + strconv.Itoa(s.target.Port), Scheme: "http", User: user, Password: password}
	facts, err := Probe(t.Context(), options)
	if err != nil || facts.Hostname != "APP01" {
		t.Errorf("%+v %v", facts, err)
	}
	if s.asked()[wsman.Delete] != 1 {
		t.Error("the probe left its shell behind")
	}
	options.Password = "swordfish"
	_, err = Probe(t.Context(), options)
	failed(t, err, rollout.ClassAccess, "PD-LOGON")
	options.Address = "127.0.0.1"
	_, err = Probe(t.Context(), options)
	failed(t, err, rollout.ClassConfig, "PD-CONFIG")
}

// FuzzAnswer: whatever a host writes to standard output, reading it ends in a result or a failure.
func FuzzAnswer(f *testing.F) {
	script, _ := assets.Script("facts")
	nonce := strings.Repeat("0", 32)
	frame := func(result string) []byte {
		return []byte("noise\n-----BEGIN PATCHDECK " + nonce + "-----\n{\"patchdeck\":1,\"nonce\":\"" + nonce + "\",\"script\":\"facts\",\"version\":1,\"ok\":true,\"result\":" +
			result + "}\n-----END PATCHDECK " + nonce + "-----\n")
	}
	script.Version = 1
	f.Add(frame(factsText))
	f.Add(frame(finished(`{"result":"failed","code":"0x80240022","updates":[{"kb":"KB5034129","result":4,"code":"0x80070005"}]}`)))
	f.Add(frame(`{"ordered":true,"already":"","boot_time":"2026-11-01T03:04:05Z"}`))
	f.Add(frame(`{"build":"1.2.3.4","present":["KB5034129"],"missing":[]}`))
	f.Fuzz(func(t *testing.T, stdout []byte) {
		reads := func(result any) bool {
			e, err := readEnvelope(stdout, &order{script: script, nonce: nonce}, result)
			return err == nil && *e.OK
		}
		var facts factsResult
		var job jobResult
		var restart restartResult
		var verify verifyResult
		if reads(&facts) {
			if facts, err := facts.believe(time.Time{}, nil); err == nil && facts.Hostname == "" {
				t.Error("facts of nobody")
			}
		}
		if reads(&job) {
			job.believe(installOrder.ID)
		}
		if reads(&restart) {
			restart.believe()
		}
		if reads(&verify) {
			verify.believe([]string{"KB5034129"})
		}
	})
}
