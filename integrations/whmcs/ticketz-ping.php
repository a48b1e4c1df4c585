<?php
/**
 * Tries on the command line whether the hook reaches Ticketz: php ticketz-ping.php /path/to/whmcs
 * Loads the hook of that WHMCS and its configuration, and nothing of WHMCS itself. Exit status 0: Ticketz took it.
 */

if (PHP_SAPI !== 'cli') {
    exit;
}

$hook = (isset($argv[1]) ? rtrim($argv[1], '/') : '.') . '/includes/hooks/ticketz.php';
if (!is_readable($hook)) {
    fwrite(STDERR, "There is no $hook. Name the folder of WHMCS: php ticketz-ping.php /path/to/whmcs\n");
    exit(1);
}
define('WHMCS', true);
function add_hook()
{
}
require $hook;

$config = TicketzHook::quietly(function () {
    return TicketzHook::config();
});
if (!$config) {
    fwrite(STDERR, "There is no configuration that can be used. It is copied from the gateway's page in Ticketz.\n");
    exit(1);
}
$status = (int) TicketzHook::quietly(function () use ($config) {
    return TicketzHook::send($config, 'ping', array());
});
$told = array(
    0 => 'No answer within two seconds: look at the address, the firewall and the certificate of Ticketz.',
    202 => 'Ticketz took it.',
    401 => 'Ticketz refused it: another secret, another address, or the clock here is wrong by more than five minutes.',
    503 => 'Ticketz has too much to do at the moment. Try again in a minute.',
);
fwrite($status === 202 ? STDOUT : STDERR, (isset($told[$status]) ? $told[$status] : "Ticketz answered $status.") . "\n");
exit($status === 202 ? 0 : 1);
