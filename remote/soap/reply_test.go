package soap

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/masterzen/winrm"
)

const envelope = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"` +
	` xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"` +
	` xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd">`

func reply(action, body string) string {
	return envelope + `<s:Header><a:Action>` + action + `</a:Action><a:MessageID>uuid:1</a:MessageID>` +
		`<a:RelatesTo>uuid:2</a:RelatesTo></s:Header><s:Body>` + body + `</s:Body></s:Envelope>`
}

func output(stdout string, done string) string {
	return reply(shell+"/ReceiveResponse", `<rsp:ReceiveResponse><rsp:Stream Name="stdout" CommandId="C1">`+
		base64.StdEncoding.EncodeToString([]byte(stdout))+`</rsp:Stream><rsp:Stream Name="stderr" CommandId="C1">b29wcw==</rsp:Stream>`+
		`<rsp:Stream Name="stdout" CommandId="C1" End="true"/><rsp:CommandState CommandId="C1" State="`+shell+`/CommandState/`+done+`">`+
		`<rsp:ExitCode>-1073741510</rsp:ExitCode></rsp:CommandState></rsp:ReceiveResponse>`)
}

func mustRead(t *testing.T, text string) Reply {
	t.Helper()
	var r Reply
	if err := Read([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAShellIsKnownByItsSelectorOrItsElement(t *testing.T) {
	for _, body := range []string{
		`<x:ResourceCreated xmlns:x="t"><a:ReferenceParameters><w:SelectorSet><w:Selector Name="ShellId">S1</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>`,
		`<rsp:Shell><rsp:ShellId>S1</rsp:ShellId><rsp:Owner>who</rsp:Owner></rsp:Shell>`,
	} {
		r := mustRead(t, reply(transfer+"CreateResponse", body))
		if r.ShellID != "S1" || r.RelatesTo != "uuid:2" || !Create.Answers(r.Action) || Delete.Answers(r.Action) {
			t.Errorf("%+v", r)
		}
	}
}

func TestOutputIsGatheredOverReplies(t *testing.T) {
	var r Reply
	for _, text := range []string{output("first ", "Running"), output("second", "Done")} {
		if err := Read([]byte(text), &r); err != nil {
			t.Fatal(err)
		}
	}
	if string(r.Stdout) != "first second" || string(r.Stderr) != "oopsoops" || !r.Done || r.ExitCode != -1073741510 || r.CommandID != "C1" {
		t.Errorf("%+v", r)
	}
}

func TestTextMayBeSplitByEntitiesCommentsAndCDATA(t *testing.T) {
	r := mustRead(t, reply(`one&#x20;<!-- not this --><![CDATA[<two>]]> &amp; three`, ""))
	if r.Action != "one <two> & three" {
		t.Errorf("%q", r.Action)
	}
}

func TestFaultsOfBothShapes(t *testing.T) {
	older := `<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:QuotaLimit</s:Value></s:Subcode></s:Code>` +
		`<s:Reason><s:Text xml:lang="en-US">reason</s:Text></s:Reason><s:Detail><f:WSManFault Code="2150859173" Machine="m">` +
		`<f:Message>too many shells</f:Message></f:WSManFault></s:Detail></s:Fault>`
	newer := `<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:QuotaLimit</s:Value></s:Subcode></s:Code>` +
		`<s:Reason><s:Text>too many shells</s:Text></s:Reason><s:Detail><p:MSFT_WmiError><p:error_Code xsi:type="cim:cimUnsignedInt">2150859173</p:error_Code>` +
		`<p:MessageID xsi:type="cim:cimString">HRESULT 0x803381a5</p:MessageID></p:MSFT_WmiError></s:Detail></s:Fault>`
	hresultOnly := strings.Replace(newer, "2150859173", "", 1)
	for name, body := range map[string]string{"older": older, "newer": newer, "without number": hresultOnly} {
		f := mustRead(t, reply("fault", body)).Fault
		if f == nil || f.Code != MaxShells || f.Subcode != "QuotaLimit" || f.Message != "too many shells" {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestTheOuterFaultDecidesAndTheInnerMessageExplains(t *testing.T) {
	f := mustRead(t, reply("fault", `<s:Fault><s:Detail><f:WSManFault Code="2147942606"><f:Message><f:ProviderFault provider="Shell cmd plugin">`+
		`<f:WSManFault Code="206"><f:Message>The filename or extension is too long.</f:Message></f:WSManFault></f:ProviderFault></f:Message></f:WSManFault></s:Detail></s:Fault>`)).Fault
	if f == nil || f.Code != LineTooLong || f.Message != "The filename or extension is too long." {
		t.Errorf("%+v", f)
	}
}

func TestATimeOutWithoutACodeIsKnownByItsName(t *testing.T) {
	f := mustRead(t, reply("fault", `<s:Fault><s:Code><s:Subcode><s:Value>w:TimedOut</s:Value></s:Subcode></s:Code></s:Fault>`)).Fault
	if f == nil || f.Code != TimedOut {
		t.Errorf("%+v", f)
	}
}

func TestUnbelievableRepliesAreRefusedWithTheirPlace(t *testing.T) {
	good := output("some text", "Done")
	deep := strings.Repeat("<a>", maxDepth)
	for _, c := range []struct{ name, text, why string }{
		{"empty", "", "no document"},
		{"blank", " \r\n ", "no document"},
		{"text", "Service Unavailable", "outside the document"},
		{"a page of HTML", "<html><body><h1>503</h1></body></html>", "SOAP envelope"},
		{"a document type", `<!DOCTYPE s [<!ENTITY x "y">]><s:Envelope/>`, "document type"},
		{"unknown entity", envelope + "&x;</s:Envelope>", "unknown reference"},
		{"truncated", good[:len(good)-20], "ends inside"},
		{"truncated in a tag", good[:len(good)-2], "ends inside a tag"},
		{"wrong nesting", envelope + "<s:Body></s:Envelope>", "without its opening"},
		{"two documents", good + good, "second document"},
		{"text behind", good + "x", "outside the document"},
		{"too deep", envelope + deep, "too deep"},
		{"not base64", strings.Replace(good, "b29wcw==", "b29 cw=!", 1), "not base64"},
		{"two commands", strings.Replace(good, `CommandId="C1"`, `CommandId="C2"`, 1), "more than one command"},
		{"foreign stream", strings.Replace(good, `Name="stderr"`, `Name="keys"`, 1), "nobody asked"},
		{"huge exit code", strings.Replace(good, "-1073741510", "9999999999", 1), "no number"},
		{"attribute without quotes", strings.Replace(good, `Name="stderr"`, `Name=stderr`, 1), "malformed attributes"},
		{"nul reference", envelope + "&#0;</s:Envelope>", "unknown reference"},
	} {
		var r Reply
		err := Read([]byte(c.text), &r)
		if err == nil || !strings.Contains(err.Error(), c.why) || !strings.Contains(err.Error(), "at byte ") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(output("hello", "Done")))
	f.Add([]byte(reply(transfer+"CreateResponse", `<rsp:Shell><rsp:ShellId>S1</rsp:ShellId></rsp:Shell>`)))
	f.Add([]byte(reply("fault", `<s:Fault><s:Code><s:Subcode><s:Value>w:TimedOut</s:Value></s:Subcode></s:Code><s:Detail><f:WSManFault Code="5"/></s:Detail></s:Fault>`)))
	f.Add([]byte("\xef\xbb\xbf<?xml version='1.0'?><Envelope><a b='>' c=\"&lt;\"/><![CDATA[]]></Envelope>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var r Reply
		if err := Read(data, &r); err != nil {
			return
		}
		if 3*len(data) < 4*(len(r.Stdout)+len(r.Stderr))-8 {
			t.Errorf("%d bytes became %d", len(data), len(r.Stdout)+len(r.Stderr))
		}
	})
}

// BenchmarkRead reads one reply with 2 KB of output, with our reader and with the library's.
func BenchmarkRead(b *testing.B) {
	text := output(strings.Repeat("0123456789abcdef", 128), "Done")
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		data, r := []byte(text), Reply{}
		for b.Loop() {
			r.Stdout, r.Stderr = r.Stdout[:0], r.Stderr[:0]
			if err := Read(data, &r); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var stdout, stderr strings.Builder
			if _, _, err := winrm.ParseSlurpOutputErrResponse(text, &stdout, &stderr); err != nil {
				b.Fatal(err)
			}
		}
	})
}
