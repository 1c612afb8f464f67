// A carrier made of the npm package `smpp`: takes every text, reports on each, and has one to bring.
// It says what it saw, one JSON object a line.
'use strict';
const smpp = require('smpp');
const say = (it) => process.stdout.write(JSON.stringify(it) + '\n');
let ids = 0;
const server = smpp.createServer((session) => {
  session.on('error', () => {});
  const bound = (pdu) => {
    say({ bound: pdu.command, system_id: pdu.system_id, password: pdu.password, version: pdu.interface_version });
    session.send(pdu.response());
    if (pdu.command !== 'bind_transmitter') {
      const bring = (fields) => session.deliver_sm(fields, (answer) => say({ answered: answer.command_status }));
      bring({
        source_addr: '31612345678', source_addr_ton: 1, source_addr_npi: 1,
        destination_addr: '800123', dest_addr_ton: 3, short_message: 'één [JA] €',
      });
      bring({
        source_addr: '31612345678', source_addr_ton: 1, source_addr_npi: 1,
        destination_addr: '800123', dest_addr_ton: 3, short_message: 'ja 👍',
      });
    }
  };
  session.on('bind_transceiver', bound);
  session.on('bind_receiver', bound);
  session.on('bind_transmitter', bound);
  session.on('submit_sm', (pdu) => {
    ids += 1;
    say({ to: pdu.destination_addr, text: pdu.short_message.message, udh: (pdu.short_message.udh || []).length });
    session.send(pdu.response({ message_id: ids.toString(16) }));
    if (pdu.registered_delivery) {
      session.deliver_sm({
        esm_class: 4, source_addr: pdu.destination_addr, destination_addr: pdu.source_addr,
        receipted_message_id: ids.toString(16), message_state: 2,
        short_message: `id:${ids} sub:001 dlvrd:001 submit date:2611231000 done date:2611231001 stat:DELIVRD err:000 text:`,
      }, () => {});
    }
  });
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => { session.send(pdu.response()); session.close(); });
});
server.on('error', () => process.exit(1));
server.listen(0, '127.0.0.1', () => say({ port: server.address().port }));
