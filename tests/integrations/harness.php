<?php
/**
 * As much of WHMCS as a hook sees. argv: the hook file, and JSON {"events": [[hook, vars], ...], "packages": {service:
 * product}, "upgrades": {upgrade: service}, "invoices": {invoice: [[type, relid], ...]}}. Every warning is shown.
 */

namespace WHMCS\Database {
    class Capsule
    {
        public static $tables = array();
        private $rows;
        private $wanted = array();

        public static function table($name)
        {
            $table = new self();
            $table->rows = self::$tables[$name];
            return $table;
        }

        public function where($column, $value)
        {
            return $this->whereIn($column, array($value));
        }

        public function whereIn($column, $values)
        {
            $this->wanted = $values;
            return $this;
        }

        public function value($column)
        {
            return isset($this->rows[$this->wanted[0]]) ? $this->rows[$this->wanted[0]] : null;
        }

        public function get($columns)
        {
            $found = array();
            foreach (array_intersect(array_keys($this->rows), $this->wanted) as $id) {
                $found[] = (object) array($columns[0] => $id, $columns[1] => $this->rows[$id]);
            }
            return $found;
        }
    }
}

namespace {
    error_reporting(E_ALL);
    ini_set('display_errors', '1');
    define('WHMCS', true);
    $world = json_decode($argv[2], true) + array('packages' => array(), 'upgrades' => array(), 'invoices' => array());
    if ($world['packages'] !== null) {
        \WHMCS\Database\Capsule::$tables = array('tblhosting' => $world['packages'], 'tblupgrades' => $world['upgrades']);
    }
    $hooks = array();

    function add_hook($name, $priority, $callable)
    {
        global $hooks;
        $hooks[$name][] = $callable;
    }

    function localAPI($action, $values)
    {
        global $world;
        $items = array();
        foreach ($world['invoices'][$values['invoiceid']] as $item) {
            $items[] = array('id' => '1', 'type' => $item[0], 'relid' => (string) $item[1], 'amount' => '15.00');
        }
        return $action === 'GetInvoice' ? array('result' => 'success', 'items' => array('item' => $items)) : array();
    }

    require $argv[1];
    echo 'The page begins.';
    foreach ($world['events'] as $event) {
        foreach ($hooks[$event[0]] as $callable) {
            $callable($event[1]);
        }
    }
    echo ' The page ends.';
}
