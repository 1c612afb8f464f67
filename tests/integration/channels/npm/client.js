// A sender made of the npm package `smpp`: binds, hands over two texts, and takes in what comes.
'use strict';
const smpp = require('smpp');
const [, , port, password] = process.argv;
const say = (it) => process.stdout.write(JSON.stringify(it) + '\n');
const session = smpp.connect({ url: `smpp://127.0.0.1:${port}` }, () => {
  session.bind_transceiver({ system_id: 'main', password }, (bound) => {
    say({ bound: bound.command_status });
    for (const text of ['een [twee] €', 'ja 👍']) {
      session.submit_sm({
        source_addr: '800123', source_addr_ton: 3, destination_addr: '46701200001', dest_addr_ton: 1, dest_addr_npi: 1,
        registered_delivery: 1, short_message: text,
      }, (answer) => say({ taken: answer.command_status, id: answer.message_id }));
    }
  });
});
session.on('deliver_sm', (pdu) => {
  say({ esm_class: pdu.esm_class, text: pdu.short_message.message, id: pdu.receipted_message_id });
  session.send(pdu.response());
});
session.on('error', (error) => { say({ error: String(error) }); process.exit(1); });
