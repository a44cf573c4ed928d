<?php
/**
 * Runs the plugin among WordPress's own functions, without a database: php run.php WORDPRESS_FOLDER PLUGIN, and on
 * the standard input {"options": {...}, "order": {...}, "said": {...}} as JSON. Prints what each part has said, as JSON.
 *
 * What it keeps stands in WordPress's object cache; WooCommerce is the few functions and methods of
 * https://woocommerce.github.io/code-reference/ that the plugin calls.
 */

error_reporting( E_ALL );
set_error_handler(
	function ( $level, $message, $file, $line ) {
		if ( str_contains( $file, 'shopbell.php' ) ) {
			throw new ErrorException( $message, 0, $level, $file, $line );
		}
		return true; // an old WordPress under a new PHP
	}
);

/** WordPress leaves this one to whoever comes first: it would ask the database who is signed in. */
function wp_create_nonce( $action = -1 ) {
	return 'nonce';
}

[ , $wordpress, $plugin ] = $argv;
$given = json_decode( stream_get_contents( STDIN ), true );

define( 'ABSPATH', $wordpress . '/' );
define( 'WPINC', 'wp-includes' );
define( 'WP_CONTENT_DIR', ABSPATH . 'wp-content' );
define( 'WP_CONTENT_URL', 'https://shop.example/wp-content' );
define( 'WP_DEBUG', false );
$files = 'version compat load class-wp-list-util class-wp-walker plugin functions class-wp-error formatting kses general-template
	l10n pluggable option cache script-loader link-template theme capabilities class-wp-object-cache pomo/translations';
foreach ( preg_split( '/\s+/', $files ) as $file ) {
	require_once ABSPATH . WPINC . "/$file.php";
}
require_once ABSPATH . 'wp-admin/includes/template.php';
require_once ABSPATH . 'wp-admin/includes/plugin.php';
/** A database in which nothing is. */
$wpdb = new class() {
	public $options = 'wp_options';
	public function __call( $name, $arguments ) {
		return null;
	}
};
wp_cache_init();
$l10n_unloaded = array( 'shopbell' => true ); // it is not translated
wp_cache_set(
	'alloptions',
	array( 'blog_charset' => 'UTF-8', 'siteurl' => 'https://shop.example', 'html_type' => 'text/html', 'shopbell' => $given['options'] ),
	'options'
);

/** One line of an order. */
class Order_Line {
	public function __construct( private array $said ) {}
	public function get_name() { return $this->said['name']; }
	public function get_product_id() { return $this->said['product_id']; }
	public function get_quantity() { return $this->said['quantity']; }
	public function get_total() { return $this->said['total']; }
}

/** An order. WooCommerce's amounts are texts. */
class Order {
	public function __construct( private array $said ) {}
	public function has_status( $status ) { return $this->said['status'] === $status; }
	public function get_items() { return array_map( fn( $line ) => new Order_Line( $line ), $this->said['items'] ); }
	public function get_order_number() { return $this->said['number']; }
	public function get_total() { return $this->said['total']; }
	public function get_currency() { return $this->said['currency']; }
	public function get_total_tax() { return $this->said['tax']; }
	public function get_shipping_total() { return $this->said['shipping']; }
	public function get_coupon_codes() { return $this->said['coupons']; }
}
function wc_get_order( $id ) {
	global $given;
	return $given['order'] && $id === $given['order']['id'] ? new Order( $given['order'] ) : false;
}
function wc_get_price_decimals() { return 2; }
function wc_format_decimal( $number, $places ) { return number_format( (float) $number, $places, '.', '' ); }

require $plugin;

/** Returns what is printed meanwhile. */
function printed( callable $act ): string {
	ob_start();
	$act();
	return ob_get_clean();
}

do_action( 'before_woocommerce_init' );
do_action( 'admin_init' );
$told = array(
	'head'   => printed( fn() => do_action( 'wp_head' ) ),
	'thanks' => printed( fn() => do_action( 'woocommerce_thankyou', $given['order']['id'] ?? 1 ) ),
	'page'   => printed( 'shopbell_page' ),
	'kept'   => sanitize_option( 'shopbell', $given['said'] ?? array() ),
);
echo json_encode( $told );
