package soap

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"
)

// document writes an envelope with prefixes that no client uses.
func document(header, body string) string {
	return `<?xml version="1.0" encoding="utf-8"?>` + "\n<!-- a comment -->" +
		`<q:Envelope xmlns:q="http://www.w3.org/2003/05/soap-envelope" xmlns:r='` + ShellNamespace + `'><q:Header>` + header +
		`</q:Header><q:Body>` + body + `</q:Body></q:Envelope>` + "\n"
}

const receiveHeader = `<Action mustUnderstand="true"> ` + ActionReceive + ` </Action><MessageID>uuid:A&amp;B&#x43;&#68;</MessageID>` +
	`<ResourceURI>` + CommandResource + `</ResourceURI><OperationTimeout>PT20S</OperationTimeout><MaxEnvelopeSize>153600</MaxEnvelopeSize>` +
	`<SelectorSet><Selector Name="ShellId">SHELL</Selector><Selector Name="Other">x</Selector></SelectorSet>` +
	`<OptionSet><Option Name="WINRS_CONSOLEMODE_STDIN">FALSE</Option><Option Name="WINRS_SKIP_CMD_SHELL">true</Option></OptionSet>`

func TestParseReadsAReceive(t *testing.T) {
	r, err := Parse([]byte("\xef\xbb\xbf" + document(receiveHeader, `<r:Receive><r:DesiredStream CommandId='COMMAND'>stdout stderr</r:DesiredStream></r:Receive>`)))
	if err != nil {
		t.Fatal(err)
	}
	if r.Action != ActionReceive || r.MessageID != "uuid:A&BCD" || r.ResourceURI != CommandResource || r.ShellID != "SHELL" ||
		r.CommandID != "COMMAND" || r.OperationTimeout != 20*time.Second || r.MaxEnvelope != 153600 || r.DesiredStream != "stdout stderr" {
		t.Errorf("got %+v", r)
	}
	if value, given := r.Flag("WINRS_CONSOLEMODE_STDIN"); value || !given {
		t.Errorf("console mode %t, given %t", value, given)
	}
	if value, given := r.Flag("WINRS_SKIP_CMD_SHELL"); !value || !given {
		t.Errorf("skip %t, given %t", value, given)
	}
	if _, given := r.Flag("WINRS_NOPROFILE"); given {
		t.Error("an option that is not there is given")
	}
}

func TestParseReadsACommandLine(t *testing.T) {
	r, err := Parse([]byte(document("<Action>"+ActionCommand+"</Action>",
		`<r:CommandLine CommandId="C"><r:Command>a <![CDATA[<b> & ]]>c<![CDATA[d]]></r:Command><r:Arguments>one</r:Arguments><r:Arguments/></r:CommandLine>`)))
	if err != nil {
		t.Fatal(err)
	}
	if r.Command != "a <b> & cd" || strings.Join(r.Arguments, "|") != "one|" || r.CommandID != "C" {
		t.Errorf("got %+v", r)
	}
}

func TestParseReadsInput(t *testing.T) {
	half := func(text, end string) string {
		return `<r:Stream Name="stdin" CommandId="C"` + end + `>` + base64.StdEncoding.EncodeToString([]byte(text)) + `</r:Stream>`
	}
	r, err := Parse([]byte(document("<Action>"+ActionSend+"</Action>", "<r:Send>"+half("one\x00", "")+half("two", ` End="true"`)+"</r:Send>")))
	if err != nil {
		t.Fatal(err)
	}
	if string(r.Input) != "one\x00two" || !r.InputEnds || r.CommandID != "C" {
		t.Errorf("got %+v", r)
	}
}

func TestParseKeepsNothingOfTheRequestsBuffer(t *testing.T) {
	body := []byte(document(receiveHeader, ""))
	r, err := Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	clear(body)
	if r.Action != ActionReceive || r.ShellID != "SHELL" {
		t.Errorf("got %+v", r)
	}
}

func TestParseRefuses(t *testing.T) {
	deep := strings.Repeat("<a>", 30) + strings.Repeat("</a>", 30)
	for name, text := range map[string]string{
		"nothing":             "",
		"text":                "hello",
		"not UTF-8":           document("\xff", ""),
		"another document":    "<html/>",
		"SOAP 1.1":            `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Action>x</Action></Envelope>`,
		"no action":           document("", ""),
		"a cut document":      document(receiveHeader, "")[:400],
		"a second document":   document(receiveHeader, "") + document(receiveHeader, ""),
		"text after it":       document(receiveHeader, "") + "x",
		"a document type":     `<!DOCTYPE x [<!ENTITY a "b">]>` + document(receiveHeader, ""),
		"an entity":           document("<Action>&a;</Action>", ""),
		"a bare ampersand":    document("<Action>a & b</Action>", ""),
		"a control character": document("<Action>&#0;</Action>", ""),
		"a long name":         document("<"+strings.Repeat("a", 200)+"/>", ""),
		"crossed elements":    document("<a><b></a></b>", ""),
		"deep elements":       document(receiveHeader, deep),
		"no quotes":           document("<Action a=b>x</Action>", ""),
		"joined attributes":   document(`<Action a="1"b="2">x</Action>`, ""),
		"many attributes":     document("<Action"+strings.Repeat(` a=""`, 65)+">x</Action>", ""),
		"many arguments":      document(receiveHeader, strings.Repeat("<Arguments/>", 257)),
		"many options":        document(strings.Repeat("<Option/>", 1)+receiveHeader+options(65), ""),
		"no base64":           document(receiveHeader, `<Stream Name="stdin">*</Stream>`),
		"another stream":      document(receiveHeader, `<Stream Name="stdout"></Stream>`),
		"a wordy size":        document("<MaxEnvelopeSize>large</MaxEnvelopeSize>", ""),
		"a wordy idle time":   document("", "<IdleTimeOut>long</IdleTimeOut>"),
	} {
		if r, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s: got %+v", name, r)
		}
	}
}

func options(count int) string {
	var b strings.Builder
	for i := range count {
		b.WriteString(`<Option Name="` + strings.Repeat("x", i) + `"/>`)
	}
	return b.String()
}

func TestParseNamesABadTimeout(t *testing.T) {
	for _, text := range []string{"PT-1S", "-PT1S", "PT0S", "soon", ""} {
		if _, err := Parse([]byte(document("<OperationTimeout>"+text+"</OperationTimeout>", ""))); !errors.Is(err, ErrInvalidTimeout) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT60S": time.Minute, "PT7200.000S": 2 * time.Hour, "P0DT1H30M": 90 * time.Minute, "P2D": 48 * time.Hour, "-PT0.5S": -500 * time.Millisecond,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "P", "PT", "P1DT", "60", "PTS", "PT1", "P1Y", "P1M", "PT1D", "PT1e400S", "PTNaNS", "PT" + strings.Repeat("9", 30) + "S", "PT1S "} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// FuzzParse looks for panics, and for requests that a reply cannot carry back.
func FuzzParse(f *testing.F) {
	f.Add([]byte(document(receiveHeader, `<r:Receive><r:DesiredStream CommandId='COMMAND'>stdout</r:DesiredStream></r:Receive>`)))
	f.Add([]byte(document("<Action>a</Action>", `<CommandLine><Command><![CDATA[x]]></Command><Arguments/></CommandLine>`)))
	f.Add([]byte(document("<Action>a</Action>", `<Send><Stream Name="stdin" End="true">YQ==</Stream></Send>`)))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := Parse(body)
		if err != nil {
			return
		}
		reply := AppendEmpty(nil, Header{MessageID: "M", RelatesTo: r.MessageID + "<"}, ActionSignal)
		if err := wellFormed(reply); err != nil {
			t.Errorf("the reply to %q: %v: %s", r.MessageID, err, reply)
		}
	})
}

func BenchmarkParseReceive(b *testing.B) {
	body := []byte(document(receiveHeader, `<r:Receive><r:DesiredStream CommandId='COMMAND'>stdout stderr</r:DesiredStream></r:Receive>`))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseSend200KB(b *testing.B) {
	body := []byte(document("<Action>"+ActionSend+"</Action>", `<r:Send><r:Stream Name="stdin">`+
		base64.StdEncoding.EncodeToString(make([]byte, 200_000))+`</r:Stream></r:Send>`))
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := Parse(body); err != nil {
			b.Fatal(err)
		}
	}
}
