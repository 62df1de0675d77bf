package wsman

import (
	"net/http"
	"strings"
	"testing"

	"patchdeck/remote/simulator/wsman/soap"
)

func quotaOptions(change func(*Quotas)) Options {
	options := basicOptions
	change(&options.Quotas)
	return options
}

func TestShellsOfAUserAreCounted(t *testing.T) {
	for older, shape := range map[bool]string{false: "MSFT_WmiError", true: "WSManFault"} {
		options := quotaOptions(func(q *Quotas) { q.MaxShellsPerUser = 2 })
		options.OlderFaults = older
		_, address := serve(t, newTestMachine(), options)
		c := newClient(t, address)
		first := c.create()
		c.create()
		reply := c.post(c.envelope(soap.ActionCreate, "", "", "<rsp:Shell/>"))
		if reply.status != http.StatusInternalServerError || reply.faultCode() != "2150859173" || !strings.Contains(reply.body, shape) {
			t.Errorf("the third shell: %d %s", reply.status, reply.body)
		}
		if got := strings.Contains(reply.body, "RelatesTo"); got != older {
			t.Errorf("older %t: RelatesTo is there: %t", older, got)
		}
		c.user = "other"
		c.create()
		c.user = testUser
		c.post(c.envelope(soap.ActionDelete, first, "", ""))
		c.create()
	}
}

func TestUnusedShellsGoByThemselves(t *testing.T) {
	_, address := serve(t, newTestMachine(), quotaOptions(func(q *Quotas) { q.MaxShellsPerUser = 1 }))
	c := newClient(t, address)
	c.post(c.envelope(soap.ActionCreate, "", "", "<rsp:Shell><rsp:IdleTimeOut>PT0.000001S</rsp:IdleTimeOut></rsp:Shell>"))
	c.create()
}

func TestOperationsOfAShellAddUp(t *testing.T) {
	_, address := serve(t, newTestMachine(), quotaOptions(func(q *Quotas) { q.MaxOperations = 2 }))
	c := newClient(t, address)
	shell := c.create()
	for range 2 {
		command := c.command(shell, "hostname")
		c.receive(shell, command)
		c.post(c.signalEnvelope(shell, command, soap.SignalTerminate))
	}
	if code := c.post(c.commandEnvelope(shell, "hostname", "")).faultCode(); code != "2150859174" {
		t.Errorf("the third command of the shell got fault %q", code)
	}
	other := c.create()
	c.command(other, "hostname")
}

func TestRunningProcessesOfAShellAreCounted(t *testing.T) {
	machine := newTestMachine()
	_, address := serve(t, machine, quotaOptions(func(q *Quotas) { q.MaxProcessesPerShell = 1 }))
	c := newClient(t, address)
	shell := c.create()
	sleeping := c.command(shell, "sleep")
	if code := c.post(c.commandEnvelope(shell, "hostname", "")).faultCode(); code != "2147944216" {
		t.Errorf("the second process got fault %q", code)
	}
	c.post(c.signalEnvelope(shell, sleeping, soap.SignalTerminate))
	c.command(shell, "hostname")
}

func TestSizesAreBounded(t *testing.T) {
	_, address := serve(t, newTestMachine(), quotaOptions(func(q *Quotas) {
		q.MaxCommandLine, q.MaxInput, q.MaxEnvelope = 20, 10, 10_000
	}))
	c := newClient(t, address)
	shell := c.create()
	if code := c.post(c.commandEnvelope(shell, "echo 0123456789012345", "")).faultCode(); code != "2147942606" {
		t.Errorf("a long command line got fault %q", code)
	}
	command := c.commandWithInput(shell, "sort")
	c.post(c.sendEnvelope(shell, command, "01234", false))
	if code := c.post(c.sendEnvelope(shell, command, "567890", true)).faultCode(); code != "2147942414" {
		t.Errorf("too much input got fault %q", code)
	}
	// The server answers without reading on, so the client may meet the closed connection before the answer.
	if reply, err := c.try(strings.Repeat(" ", 20_000)); err == nil && reply.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a large envelope: %d", reply.status)
	}
}

func TestUsersWithShellsAreCounted(t *testing.T) {
	_, address := serve(t, newTestMachine(), quotaOptions(func(q *Quotas) { q.MaxUsers = 1 }))
	c := newClient(t, address)
	first := c.create()
	c.user = "other"
	if code := c.post(c.envelope(soap.ActionCreate, "", "", "<rsp:Shell/>")).faultCode(); code != "2150859179" {
		t.Errorf("a second user got fault %q", code)
	}
	c.user = testUser
	second := c.create() // a user that is there already may have more
	for _, shell := range []string{first, second} {
		c.post(c.envelope(soap.ActionDelete, shell, "", ""))
	}
	c.user = "other"
	c.create()
}

func TestRunningCommandsOfAUserAreCountedOverAllShells(t *testing.T) {
	machine := newTestMachine()
	_, address := serve(t, machine, quotaOptions(func(q *Quotas) { q.MaxOperationsPerUser = 2 }))
	c := newClient(t, address)
	first, second := c.create(), c.create()
	sleeping := c.command(first, "sleep")
	c.command(second, "sleep")
	if code := c.post(c.commandEnvelope(second, "hostname", "")).faultCode(); code != "2150859174" {
		t.Errorf("the third command got fault %q", code)
	}
	c.post(c.signalEnvelope(first, sleeping, soap.SignalTerminate))
	c.command(second, "hostname")
}

func TestMemoryOfAShellIsBounded(t *testing.T) {
	_, address := serve(t, newTestMachine(), quotaOptions(func(q *Quotas) { q.MaxMemoryPerShell = 100_000 }))
	c := newClient(t, address)
	shell := c.create()
	reply := c.receive(shell, c.command(shell, "fill"))
	if !reply.done() || reply.find(`<rsp:ExitCode>(-?\d+)<`) != "-1073741801" || reply.stream("stdout") != "" {
		t.Errorf("a command with too much output: %d %s", reply.status, reply.body)
	}
	command := c.commandWithInput(shell, "sort")
	c.post(c.sendEnvelope(shell, command, strings.Repeat("x", 60_000), false))
	if code := c.post(c.sendEnvelope(shell, command, strings.Repeat("x", 60_000), true)).faultCode(); code != "2147942414" {
		t.Errorf("too much input got fault %q", code)
	}
	other := c.create()
	if reply := c.receive(other, c.command(other, "hostname")); !reply.done() {
		t.Errorf("another shell suffers: %s", reply.body)
	}
}

func TestConnectionsAreCounted(t *testing.T) {
	_, address := serve(t, newTestMachine(), quotaOptions(func(q *Quotas) { q.MaxConnections = 1 }))
	p := pin(t, address)
	p.post("", soapType, nil)
	if reply, err := newClient(t, address).try("x"); err == nil {
		t.Errorf("a second connection answered %d", reply.status)
	}
}

func TestRequestsThatMakeNoSenseGetTheRightFault(t *testing.T) {
	machine := newTestMachine()
	_, address := serve(t, machine, basicOptions)
	c := newClient(t, address)
	shell := c.create()
	wrongResource := strings.Replace(c.commandEnvelope(shell, "hostname", ""), soap.CommandResource+"<", "http://example.org/powershell<", 1)
	for name, test := range map[string]struct{ body, code string }{
		"no XML":           {"hello", "2150858817"},
		"no envelope":      {"<a/>", "2150858817"},
		"cut":              {c.commandEnvelope(shell, "hostname", "")[:300], "2150858817"},
		"unknown action":   {c.envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", shell, "", ""), "2150858753"},
		"unknown resource": {wrongResource, "2150858754"},
		"unknown shell":    {c.commandEnvelope("0F0F0F0F-1111-2222-3333-444444444444", "hostname", ""), "2150858843"},
		"unknown command":  {c.receiveEnvelope(shell, "0F0F0F0F-1111-2222-3333-444444444444", ""), "2150858843"},
		"negative timeout": {c.receiveEnvelope(shell, "", "<w:OperationTimeout>PT-1S</w:OperationTimeout>"), "2150858767"},
	} {
		if reply := c.post(test.body); reply.faultCode() != test.code || reply.status != http.StatusInternalServerError {
			t.Errorf("%s: %d %s", name, reply.status, reply.body)
		}
	}
}

func TestMachineMayAnswerWithAFaultOfItsOwn(t *testing.T) {
	machine := newTestMachine()
	machine.fault = map[Action]uint32{Create: 2147943418, Execute: 1234}
	_, address := serve(t, machine, basicOptions)
	c := newClient(t, address)
	if code := c.post(c.envelope(soap.ActionCreate, "", "", "<rsp:Shell/>")).faultCode(); code != "2147943418" {
		t.Errorf("create got fault %q", code)
	}
	if code := c.post(c.commandEnvelope("", "hostname", "")).faultCode(); code != "1234" {
		t.Errorf("command got fault %q", code)
	}
}
